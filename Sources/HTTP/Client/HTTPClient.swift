// HTTP client over libcurl.
