// Nothing of its own: the headers are all that Swift needs.
#include "CCodec.h"
