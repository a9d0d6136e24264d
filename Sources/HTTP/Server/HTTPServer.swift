// HTTP server over libmicrohttpd.
