// What Swift sees of the library: its headers, and shims for what Swift cannot import.
#ifndef CCurl_H
#define CCurl_H

#include <curl/curl.h>

#endif
