// Pango through a dozen calls: GObject's macros and reference counts stay on this side.
#include "CCairo.h"

#include <pango/pangocairo.h>

static PangoLayout *layout(ccairo_line *line) { return (PangoLayout *)line; }
static int units(double pixels) { return (int)(pixels * PANGO_SCALE); }

ccairo_fonts *ccairo_fonts_create(void) { return (ccairo_fonts *)pango_cairo_font_map_new(); }

void ccairo_fonts_release(ccairo_fonts *fonts) { g_object_unref(fonts); }

/// Grey antialiasing and no hinting, whatever the desktop says: a card looks the same everywhere.
static PangoContext *context(cairo_t *canvas, ccairo_fonts *fonts) {
  PangoContext *context = pango_font_map_create_context((PangoFontMap *)fonts);
  cairo_font_options_t *options = cairo_font_options_create();
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context, options);
  cairo_font_options_destroy(options);
  pango_context_set_round_glyph_positions(context, FALSE);
  pango_context_set_language(context, pango_language_from_string("en"));
  pango_cairo_update_context(canvas, context);
  return context;
}

ccairo_line *ccairo_line_create(cairo_t *canvas, ccairo_fonts *fonts, const char *text, int length, const ccairo_style *style) {
  PangoContext *place = context(canvas, fonts);
  PangoLayout *layout = pango_layout_new(place);
  g_object_unref(place);

  PangoFontDescription *font = pango_font_description_new();
  pango_font_description_set_family(font, style->families);
  pango_font_description_set_weight(font, (PangoWeight)style->weight);
  pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
  pango_layout_set_font_description(layout, font);
  pango_font_description_free(font);

  if (style->spacing != 0) {
    PangoAttrList *attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_letter_spacing_new(units(style->spacing)));
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
  }
  pango_layout_set_single_paragraph_mode(layout, TRUE);
  pango_layout_set_text(layout, text, length);
  return (ccairo_line *)layout;
}

void ccairo_line_release(ccairo_line *line) { g_object_unref(line); }

void ccairo_line_ellipsize(ccairo_line *line, double width) {
  pango_layout_set_width(layout(line), units(width));
  pango_layout_set_ellipsize(layout(line), PANGO_ELLIPSIZE_END);
}

void ccairo_line_measure(ccairo_line *line, ccairo_extent *extent) {
  PangoRectangle logical;
  pango_layout_get_extents(layout(line), NULL, &logical);
  extent->width = (double)logical.width / PANGO_SCALE;
  extent->baseline = (double)pango_layout_get_baseline(layout(line)) / PANGO_SCALE;
  extent->is_cut = pango_layout_is_ellipsized(layout(line));
  extent->unknown = pango_layout_get_unknown_glyphs_count(layout(line));
}

void ccairo_line_draw(cairo_t *canvas, ccairo_line *line) {
  // With a width set, Pango aligns within it: the line's own left edge goes to the current point.
  PangoRectangle logical;
  pango_layout_get_extents(layout(line), NULL, &logical);
  cairo_rel_move_to(canvas, -(double)logical.x / PANGO_SCALE, 0);
  pango_cairo_show_layout(canvas, layout(line));
}
