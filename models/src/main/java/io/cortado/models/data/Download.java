package io.cortado.models.data;

import io.cortado.data.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CancellationException;

/**
 * Downloads one file whose size and checksum are known.
 *
 * <p>The bytes go to {@code NAME.part} beside the target; an attempt that broke off is continued
 * where it ended, in this call or the next. Only a complete file of the right checksum gets its
 * name, in one atomic step.
 */
final class Download {

  private static final int ATTEMPTS = 4;
  private static final int BUFFER = 1 << 16;

  private final Duration timeout;
  private final Duration pause;

  /**
   * Makes a downloader.
   *
   * @param timeout how long to wait for a connection and for an answer's first byte
   * @param pause how long to wait before another attempt
   */
  Download(Duration timeout, Duration pause) {
    this.timeout = timeout;
    this.pause = pause;
  }

  /** Returns the downloader of all published sets. */
  static Download standard() {
    return new Download(Duration.ofSeconds(30), Duration.ofSeconds(2));
  }

  /**
   * What to download.
   *
   * @param size in bytes
   * @param sha256 in hexadecimal digits
   */
  record Remote(URI uri, long size, String sha256) {}

  /**
   * Brings a file; does nothing if it is there.
   *
   * @throws DataException if it cannot be had; the message says what happened
   */
  void fetch(Remote remote, Path target, Progress progress) {
    if (Files.isRegularFile(target)) {
      return;
    }
    Path part = target.resolveSibling(target.getFileName() + ".part");
    try {
      Files.createDirectories(target.toAbsolutePath().getParent());
      try (FileChannel out =
              FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock _ = lock(out, part);
          HttpClient client = client()) {
        transfer(client, remote, out, progress);
        out.force(true);
      }
      verify(remote, part);
      move(part, target);
    } catch (IOException e) {
      throw new DataException(
          "downloading " + remote.uri() + " to " + target + " failed: " + text(e), e);
    }
  }

  /**
   * Brings a set's missing file to where the home has downloads.
   *
   * @param missing says that it is not here, and where it was looked for
   * @param remedy what helps, to be put behind
   * @throws DataException if the home wants no downloads, or it cannot be had
   */
  Path bring(Remote remote, DataHome home, String set, String file, String missing, String remedy) {
    if (!home.downloads()) {
      throw new DataException(missing + remedy);
    }
    Path target = home.downloadFolder(set).resolve(file);
    try {
      fetch(remote, target, home.progress());
    } catch (DataException e) {
      throw new DataException(missing + "; " + e.getMessage() + remedy, e);
    }
    return target;
  }

  private HttpClient client() {
    return HttpClient.newBuilder()
        .connectTimeout(timeout)
        .followRedirects(HttpClient.Redirect.NORMAL)
        .build();
  }

  private static FileLock lock(FileChannel out, Path part) throws IOException {
    try {
      FileLock lock = out.tryLock();
      if (lock != null) {
        return lock;
      }
    } catch (OverlappingFileLockException e) {
      // Another thread of this process has it: the same to the user.
    }
    throw new DataException(part + " is being downloaded by another run; wait for it to end");
  }

  /** Attempts until the file is complete; each that breaks off is continued by the next. */
  private void transfer(HttpClient client, Remote remote, FileChannel out, Progress progress)
      throws IOException {
    IOException last = new IOException("nothing came");
    int fruitless = 0;
    while (out.size() != remote.size()) {
      long before = out.size() > remote.size() ? 0 : out.size();
      try {
        attempt(client, remote, out, before, progress);
      } catch (FinalFailure e) {
        throw e;
      } catch (IOException e) {
        last = e;
      }
      fruitless = out.size() > before ? 0 : fruitless + 1;
      if (out.size() < remote.size()) {
        if (fruitless == ATTEMPTS) {
          throw new IOException(
              String.format(
                  "%d of %d bytes are here and %d attempts brought no more (%s); run it again to go on",
                  out.size(), remote.size(), ATTEMPTS, text(last)),
              last);
        }
        sleep();
      }
    }
    progress.update(name(remote), remote.size(), remote.size());
  }

  private void attempt(
      HttpClient client, Remote remote, FileChannel out, long from, Progress progress)
      throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(remote.uri()).timeout(timeout).GET();
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
    }
    HttpResponse<InputStream> response;
    try {
      response = client.send(request.build(), BodyHandlers.ofInputStream());
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw new FinalFailure("there is no connection to " + remote.uri().getHost(), e);
    } catch (InterruptedException e) {
      throw interrupted();
    }
    try (InputStream body = response.body()) {
      long start = start(remote, response, from);
      out.truncate(start);
      out.position(start);
      copy(remote, body, out, progress);
    }
  }

  /** Returns where in the file an answer's bytes begin. */
  private static long start(Remote remote, HttpResponse<?> response, long from) throws IOException {
    return switch (response.statusCode()) {
      case 200 -> 0;
      case 206 -> {
        String range = response.headers().firstValue("Content-Range").orElse("");
        if (!range.startsWith("bytes " + from + "-")) {
          throw new FinalFailure("asked for bytes from " + from + " on, got '" + range + "'");
        }
        yield from;
      }
      default ->
          throw new FinalFailure(
              "the server of " + remote.uri().getHost() + " answered " + response.statusCode());
    };
  }

  private static void copy(Remote remote, InputStream body, FileChannel out, Progress progress)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
      if (out.position() + n > remote.size()) {
        throw new FinalFailure(
            "the server sends more than the expected " + remote.size() + " bytes");
      }
      ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
      while (bytes.hasRemaining()) {
        try {
          out.write(bytes);
        } catch (IOException e) { // no space left, mostly: another attempt would not help
          throw new FinalFailure(text(e), e);
        }
      }
      if (out.position() < remote.size()) {
        progress.update(name(remote), out.position(), remote.size());
      }
    }
  }

  private static void verify(Remote remote, Path part) throws IOException {
    String actual = Sha256.of(part);
    if (!actual.equals(remote.sha256())) {
      Files.delete(part);
      throw new DataException(
          "the download of "
              + remote.uri()
              + " is not the published file and was deleted: SHA-256 "
              + actual
              + ", expected "
              + remote.sha256());
    }
  }

  private static void move(Path part, Path target) throws IOException {
    try {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, target);
    }
  }

  private void sleep() {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static CancellationException interrupted() {
    Thread.currentThread().interrupt();
    return new CancellationException("interrupted while downloading");
  }

  private static String name(Remote remote) {
    String path = remote.uri().getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String text(IOException e) {
    String kind = e.getClass().getSimpleName().replace("Exception", "").toLowerCase(Locale.ROOT);
    return e.getMessage() == null ? kind : e.getMessage();
  }

  /** Something that another attempt would not change. */
  private static final class FinalFailure extends IOException {
    private static final long serialVersionUID = 1L;

    FinalFailure(String message) {
      super(message);
    }

    FinalFailure(String message, IOException cause) {
      super(message, cause);
    }
  }
}
