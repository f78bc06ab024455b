package io.cortado.models.images;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;

/** Draws a hand-written 3 or 7 the way users' pictures come: any size, place and colours. */
public final class Drawings {

  private Drawings() {}

  /** Draws a digit whose height is {@code extent} pixels, its box's corner at (x, y). */
  public static BufferedImage digit(
      char digit,
      int type,
      int width,
      int height,
      double x,
      double y,
      double extent,
      Color paper,
      Color ink) {
    BufferedImage image = new BufferedImage(width, height, type);
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    if (paper.getAlpha() > 0) {
      g.setColor(paper);
      g.fillRect(0, 0, width, height);
    }
    g.setColor(ink);
    BasicStroke pen = new BasicStroke(0.12f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    AffineTransform place = AffineTransform.getTranslateInstance(x, y);
    place.scale(extent, extent);
    g.fill(place.createTransformedShape(pen.createStrokedShape(line(digit))));
    g.dispose();
    return image;
  }

  private static Path2D line(char digit) {
    Path2D p = new Path2D.Double();
    if (digit == '7') {
      p.moveTo(0.15, 0.08);
      p.lineTo(0.7, 0.08);
      p.quadTo(0.4, 0.5, 0.35, 0.92);
    } else {
      p.moveTo(0.15, 0.15);
      p.curveTo(0.4, 0.0, 0.75, 0.1, 0.6, 0.35);
      p.quadTo(0.55, 0.45, 0.35, 0.47);
      p.curveTo(0.7, 0.45, 0.8, 0.8, 0.5, 0.9);
      p.quadTo(0.3, 0.97, 0.12, 0.85);
    }
    return p;
  }
}
