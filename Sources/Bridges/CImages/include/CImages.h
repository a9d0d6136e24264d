// What Swift sees of the libraries that read and write pictures: their headers.
#ifndef CIMAGES_H
#define CIMAGES_H

#include <spng.h>
#include <turbojpeg.h>
#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>

#endif
