// What Swift sees of md4c: its parser, which calls back for each block, span and text. Its own HTML is not used.
#ifndef CMARKDOWN_H
#define CMARKDOWN_H

#include <md4c.h>

/// The dialect of our documents: CommonMark with tables and strike-through, and never raw HTML.
static const unsigned cmarkdown_dialect =
    MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_NOHTML | MD_FLAG_PERMISSIVEURLAUTOLINKS;

#endif
