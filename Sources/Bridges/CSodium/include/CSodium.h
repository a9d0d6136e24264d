// What Swift sees of libsodium: its headers. Everything in them imports as it is.
#ifndef CSODIUM_H
#define CSODIUM_H

#include <sodium.h>

#endif
