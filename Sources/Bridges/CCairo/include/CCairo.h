// What Swift sees of cairo: its header; and of Pango: shims, since its headers need folders that only C is told of.
#ifndef CCAIRO_H
#define CCAIRO_H

#include <cairo/cairo.h>
#include <stdint.h>

/// A font map of Pango's: the fonts it has opened, and a thread that asks fontconfig. One thread at a time.
typedef struct ccairo_fonts ccairo_fonts;

/// A line of text, laid out. Belongs to the thread that uses its font map.
typedef struct ccairo_line ccairo_line;

ccairo_fonts *ccairo_fonts_create(void);
void ccairo_fonts_release(ccairo_fonts *fonts);

/// How a line is set. Lengths are in pixels.
typedef struct ccairo_style {
  /// Families in order of preference, with commas between them.
  const char *families;
  double size;
  /// 100 to 1000.
  int weight;
  /// Added between letters.
  double spacing;
} ccairo_style;

/// Lays out `length` bytes of UTF-8 as one line for the surface that `canvas` draws on. NULL without memory.
ccairo_line *ccairo_line_create(cairo_t *canvas, ccairo_fonts *fonts, const char *text, int length, const ccairo_style *style);
void ccairo_line_release(ccairo_line *line);

/// Cuts what is wider than `width` and puts an ellipsis at the end, where the script has its end.
void ccairo_line_ellipsize(ccairo_line *line, double width);

/// What a line measures.
typedef struct ccairo_extent {
  double width;
  /// From the top of the layout to its baseline.
  double baseline;
  int is_cut;
  /// Glyphs that no font has.
  int unknown;
} ccairo_extent;

void ccairo_line_measure(ccairo_line *line, ccairo_extent *extent);

/// Draws the line with its upper left corner at the current point, in the current colour.
void ccairo_line_draw(cairo_t *canvas, ccairo_line *line);

#endif
