package io.cortado.models.data;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Draws a folder of pictures for tests. */
public final class PictureDrawings {

  private PictureDrawings() {}

  /** Draws crosses and rings of many sizes and colors, so many of each. */
  public static void crossesAndRings(Path folder, int each) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    for (String name : new String[] {"cross", "ring"}) {
      Files.createDirectories(folder.resolve(name));
      for (int i = 0; i < each; i++) {
        int width = random.nextInt(32, 64);
        int height = random.nextInt(32, 64);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setColor(new Color(random.nextInt(100), random.nextInt(100), random.nextInt(100)));
        g.fillRect(0, 0, width, height);
        g.setColor(new Color(random.nextInt(150, 256), random.nextInt(150, 256), 200));
        g.setStroke(new BasicStroke(5));
        int side = Math.min(width, height) - 12;
        int x = (width - side) / 2;
        int y = (height - side) / 2;
        if (name.equals("ring")) {
          g.drawOval(x, y, side, side);
        } else {
          g.drawLine(x, y, x + side, y + side);
          g.drawLine(x + side, y, x, y + side);
        }
        g.dispose();
        ImageIO.write(image, "png", folder.resolve(name).resolve(i + ".png").toFile());
      }
    }
  }
}
