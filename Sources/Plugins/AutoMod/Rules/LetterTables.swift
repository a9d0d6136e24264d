// Which characters beyond ASCII are a Latin letter in disguise.

/// What a character stands for when it is a dressed-up letter or digit: with a mark (é), wide, mathematical, in a circle,
/// a small capital, a regional indicator. And what it only looks like: letters of other alphabets.
enum LetterTables {
  /// The small letter or digit that the scalar is a form of; nil for all others. From Unicode's compatibility
  /// decompositions, and the letters with strokes and hooks that have none.
  @inline(__always)
  static func plain(_ scalar: UInt32) -> UInt8? {
    scalar < 0x250 ? nonZero(latin[Int(scalar)]) : scattered[scalar]
  }

  /// The small Latin letter that a letter of another alphabet looks like; nil for all others.
  static func twin(_ scalar: UInt32) -> UInt8? { twins[scalar] }

  private static func nonZero(_ byte: UInt8) -> UInt8? { byte == 0 ? nil : byte }

  private static let latin: [UInt8] = {
    var table = [UInt8](repeating: 0, count: 0x250)
    for (scalar, letter) in plainLetters where scalar < 0x250 { table[Int(scalar)] = letter }
    return table
  }()

  private static let scattered = plainLetters.filter { $0.key >= 0x250 }

  /// Runs of neighbours: the first scalar in hexadecimal, then what it and those after it stand for.
  private static let plainLetters: [UInt32: UInt8] = {
    var letters: [UInt32: UInt8] = [:]
    for run in runs.utf8.split(separator: UInt8(ascii: ";")) {
      let parts = run.split(separator: UInt8(ascii: " "))
      guard parts.count == 2, let first = UInt32(String(decoding: parts[0], as: UTF8.self), radix: 16) else {
        continue
      }
      for (offset, letter) in parts[1].enumerated() { letters[first + UInt32(offset)] = letter }
    }
    return letters
  }()

  private static let twins: [UInt32: UInt8] = {
    var letters: [UInt32: UInt8] = [:]
    for (twin, letter) in zip(twinsBeyondLatin.unicodeScalars, twinsInLatin.utf8) {
      letters[twin.value] = letter
    }
    return letters
  }()

  // Cyrillic, then Greek and Armenian; in small letters, as texts are when they are looked up here.
  private static let twinsBeyondLatin = "авекмнорстухіјѕԁһԛԝьґгпғѵӏєиαβγεηικνορτυχωϲϳօսհցոզ"
  private static let twinsInLatin = "abekmhopctyxijsdhqwbrrnfvleuabyenikvoptuxwcjouhgnq"

  private static let runs = """
    aa a;b2 23;b9 1o;c0 aaaaaa;c7 ceeeeiiii;d1 nooooo;d8 ouuuuy;e0 aaaaaa;e7 ceeeeiiii;f1 nooooo;f8 ouuuuy;\
    ff yaaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii;134 jjkk;139 llllll;141 llnnnnnn;14c oooooo;\
    154 rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzsb;188 c;192 f;199 kl;19e n;1a0 oo;1a5 p;1ad t;1af uu;\
    1b4 y;1b6 z;1cd aaiioouuuuuuuuuu;1de aaaa;1e6 ggkkoooo;1f0 j;1f4 gg;1f8 nnaa;\
    200 aaaaeeeeiiiioooorrrruuuusstt;21e hh;226 aaeeooooooooyy;24d r;24f yaa;253 b;256 dd;259 e;25b e;\
    260 ggg;268 iiil;271 mn;274 no;27d r;280 r;282 s;288 tu;28b v;28f yz;299 b;29c hj;29f l;2b0 h;2b2 jr;\
    2b7 wy;2e1 lsx;1d00 a;1d04 cd;1d07 e;1d0a jk;1d0d m;1d0f o;1d18 p;1d1b tu;1d20 vwz;1d2c a;1d2e b;1d30 de;\
    1d33 ghijklmn;1d3c o;1d3e prtuwa;1d47 bde;1d4d g;1d4f km;1d52 o;1d56 ptu;1d5b v;1d62 iruv;1d9c c;1da0 f;\
    1dbb z;1e00 aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooo;\
    1e50 oooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwy;1e9b s;\
    1ea0 aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuu;1ef0 uuyyyyyyyy;\
    2070 0i;2074 456789;207f n0123456789;2090 aeox;2095 hklmnpst;2102 c;210a ghhhh;2110 iill;2115 n;\
    2119 pqrrr;2124 z;2128 z;212a kabc;212f eef;2133 mo;2139 i;2145 ddeij;2160 i;2164 v;2169 x;216c lcdmi;\
    2174 v;2179 x;217c lcdm;2460 123456789;2474 123456789;\
    249c abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0;2c7c jv;a730 fs;\
    a7f2 cfq;ff10 0123456789;ff21 abcdefghijklmnopqrstuvwxyz;ff41 abcdefghijklmnopqrstuvwxyz;107a5 q;\
    1d400 abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab;1d450 cdefg;\
    1d456 ijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyza;1d49e cd;1d4a2 g;1d4a5 jk;\
    1d4a9 nopq;1d4ae stuvwxyzabcd;1d4bb f;1d4bd hijklmn;\
    1d4c5 pqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab;1d507 defg;1d50d jklmnopq;\
    1d516 stuvwxy;1d51e abcdefghijklmnopqrstuvwxyzab;1d53b defg;1d540 ijklm;1d546 o;1d54a stuvwxy;\
    1d552 abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzab;\
    1d5a2 cdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcd;\
    1d5f2 efghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdef;\
    1d642 ghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefgh;\
    1d692 ijklmnopqrstuvwxyz;1d7ce 01234567890123456789012345678901234567890123456789;\
    1f110 abcdefghijklmnopqrstuvwxyz;1f12b cr;1f130 abcdefghijklmnopqrstuvwxyz;\
    1f150 abcdefghijklmnopqrstuvwxyz;1f170 abcdefghijklmnopqrstuvwxyz;1f1e6 abcdefghijklmnopqrstuvwxyz;\
    1fbf0 0123456789
    """
}
