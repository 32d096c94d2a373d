#include "core/unicode.h"

#include <cstdint>
#include <unordered_map>
#include <utility>

namespace boxfeed {
namespace {

/// A mark, and the letters without and with it, in turn.
struct Mark {
  char16_t mark;
  const char16_t* letters;
};

/// All letters that are a letter and a mark, but for Hangul, which is counted out. Source: the canonical decompositions
/// of the Unicode Character Database.
constexpr Mark kMarks[]{
    {0x0300,
     u"AÀEÈIÌOÒUÙaàeèiìoòuùÜǛüǜNǸnǹЕЀИЍеѐиѝĒḔēḕŌṐōṑWẀwẁÂẦâầĂẰăằÊỀêềÔỒôồƠỜơờƯỪưừYỲyỳἀἂἁἃἈἊἉἋἐἒἑἓ"
     u"ἘἚἙἛἠἢἡἣἨἪἩἫἰἲἱἳἸἺἹἻὀὂὁὃὈὊὉὋὐὒὑὓὙὛὠὢὡὣὨὪὩὫαὰεὲηὴιὶοὸυὺωὼΑᾺΕῈΗῊ\u1FBF\u1FCDϊῒΙῚ\u1FFE"
     u"\u1FDDϋῢΥῪ\u00A8\u1FEDΟῸΩῺ"},
    {0x0301,
     u"AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzźÜǗüǘGǴgǵÅǺåǻÆǼæǽØǾøǿ\u0308\u0344\u00A8"
     u"\u0385ΑΆΕΈΗΉΙΊΟΌΥΎΩΏϊΐαάεέηήιίϋΰοόυύωώϒϓГЃКЌгѓкќÇḈçḉĒḖēḗÏḮïḯKḰkḱMḾmḿÕṌõṍŌṒōṓPṔpṕŨṸũṹWẂwẃ"
     u"ÂẤâấĂẮăắÊẾêếÔỐôốƠỚơớƯỨưứἀἄἁἅἈἌἉἍἐἔἑἕἘἜἙἝἠἤἡἥἨἬἩἭἰἴἱἵἸἼἹἽὀὄὁὅὈὌὉὍὐὔὑὕὙὝὠὤὡὥὨὬὩὭ\u1FBF"
     u"\u1FCE\u1FFE\u1FDE"},
    {0x0302, u"AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷZẐzẑẠẬạậẸỆẹệỌỘọộ"},
    {0x0303, u"AÃNÑOÕaãnñoõIĨiĩUŨuũVṼvṽÂẪâẫĂẴăẵEẼeẽÊỄêễÔỖôỗƠỠơỡƯỮưữYỸyỹ"},
    {0x0304, u"AĀaāEĒeēIĪiīOŌoōUŪuūÜǕüǖÄǞäǟȦǠȧǡÆǢæǣǪǬǫǭÖȪöȫÕȬõȭȮȰȯȱYȲyȳИӢиӣУӮуӯGḠgḡḶḸḷḹṚṜṛṝαᾱΑᾹιῑΙῙυῡΥῩ"},
    {0x0306, u"AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭУЎИЙийуўЖӁжӂАӐаӑЕӖеӗȨḜȩḝẠẶạặαᾰΑᾸιῐΙῘυῠΥῨ"},
    {0x0307,
     u"CĊcċEĖeėGĠgġIİZŻzżAȦaȧOȮoȯBḂbḃDḊdḋFḞfḟHḢhḣMṀmṁNṄnṅPṖpṗRṘrṙSṠsṡŚṤśṥŠṦšṧṢṨṣṩTṪtṫWẆwẇXẊxẋYẎ"
     u"yẏſẛ"},
    {0x0308,
     u"AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸΙΪΥΫιϊυϋϒϔЕЁІЇеёіїАӒаӓӘӚәӛЖӜжӝЗӞзӟИӤиӥОӦоӧӨӪөӫЭӬэӭУӰуӱЧӴчӵЫӸыӹHḦ"
     u"hḧÕṎõṏŪṺūṻWẄwẅXẌxẍtẗ"},
    {0x0309, u"AẢaảÂẨâẩĂẲăẳEẺeẻÊỂêểIỈiỉOỎoỏÔỔôổƠỞơởUỦuủƯỬưửYỶyỷ"},
    {0x030A, u"AÅaåUŮuůwẘyẙ"},
    {0x030B, u"OŐoőUŰuűУӲуӳ"},
    {0x030C, u"CČcčDĎdďEĚeěLĽlľNŇnňRŘrřSŠsšTŤtťZŽzžAǍaǎIǏiǐOǑoǒUǓuǔÜǙüǚGǦgǧKǨkǩƷǮʒǯjǰHȞhȟ"},
    {0x030F, u"AȀaȁEȄeȅIȈiȉOȌoȍRȐrȑUȔuȕѴѶѵѷ"},
    {0x0311, u"AȂaȃEȆeȇIȊiȋOȎoȏRȒrȓUȖuȗ"},
    {0x0313, u"αἀΑἈεἐΕἘηἠΗἨιἰΙἸοὀΟὈυὐωὠΩὨρῤ"},
    {0x0314, u"αἁΑἉεἑΕἙηἡΗἩιἱΙἹοὁΟὉυὑΥὙωὡΩὩρῥΡῬ"},
    {0x031B, u"OƠoơUƯuư"},
    {0x0323, u"BḄbḅDḌdḍHḤhḥKḲkḳLḶlḷMṂmṃNṆnṇRṚrṛSṢsṣTṬtṭVṾvṿWẈwẉZẒzẓAẠaạEẸeẹIỊiịOỌoọƠỢơợUỤuụƯỰưựYỴyỵ"},
    {0x0324, u"UṲuṳ"},
    {0x0325, u"AḀaḁ"},
    {0x0326, u"SȘsșTȚtț"},
    {0x0327, u"CÇcçGĢgģKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţEȨeȩDḐdḑHḨhḩ"},
    {0x0328, u"AĄaąEĘeęIĮiįUŲuųOǪoǫ"},
    {0x032D, u"DḒdḓEḘeḙLḼlḽNṊnṋTṰtṱUṶuṷ"},
    {0x032E, u"HḪhḫ"},
    {0x0330, u"EḚeḛIḬiḭUṴuṵ"},
    {0x0331, u"BḆbḇDḎdḏKḴkḵLḺlḻNṈnṉRṞrṟTṮtṯZẔzẕhẖ"},
    {0x0342, u"ἀἆἁἇἈἎἉἏἠἦἡἧἨἮἩἯἰἶἱἷἸἾἹἿὐὖὑὗὙὟὠὦὡὧὨὮὩὯαᾶ\u00A8\u1FC1ηῆ\u1FBF\u1FCFιῖϊῗ\u1FFE\u1FDFυῦϋῧωῶ"},
    {0x0345,
     u"ἀᾀἁᾁἂᾂἃᾃἄᾄἅᾅἆᾆἇᾇἈᾈἉᾉἊᾊἋᾋἌᾌἍᾍἎᾎἏᾏἠᾐἡᾑἢᾒἣᾓἤᾔἥᾕἦᾖἧᾗἨᾘἩᾙἪᾚἫᾛἬᾜἭᾝἮᾞἯᾟὠᾠὡᾡὢᾢὣᾣὤᾤὥᾥὦᾦὧᾧὨᾨὩᾩὪᾪὫᾫ"
     u"ὬᾬὭᾭὮᾮὯᾯὰᾲαᾳάᾴᾶᾷΑᾼὴῂηῃήῄῆῇΗῌὼῲωῳώῴῶῷΩῼ"},
    {0x0653, u"\u0627\u0622"},
    {0x0654, u"\u0627\u0623\u0648\u0624\u064A\u0626\u06D5\u06C0\u06C1\u06C2\u06D2\u06D3"},
    {0x0655, u"\u0627\u0625"},
    {0x093C, u"नऩरऱळऴकक़खख़गग़जज़डड़ढढ़फफ़यय़"},
    {0x09BC, u"ডড়ঢঢ়যয়"},
    {0x09BE, u"\u09C7\u09CB"},
    {0x09D7, u"\u09C7\u09CC"},
    {0x0A3C, u"ਲਲ਼ਸਸ਼ਖਖ਼ਗਗ਼ਜਜ਼ਫਫ਼"},
    {0x0B3C, u"ଡଡ଼ଢଢ଼"},
    {0x0B3E, u"\u0B47\u0B4B"},
    {0x0B56, u"\u0B47\u0B48"},
    {0x0B57, u"\u0B47\u0B4C"},
    {0x0BBE, u"\u0BC6\u0BCA\u0BC7\u0BCB"},
    {0x0BD7, u"ஒஔ\u0BC6\u0BCC"},
    {0x0C56, u"\u0C46\u0C48"},
    {0x0CC2, u"\u0CC6\u0CCA"},
    {0x0CD5, u"\u0CBF\u0CC0\u0CC6\u0CC7\u0CCA\u0CCB"},
    {0x0CD6, u"\u0CC6\u0CC8"},
    {0x0D3E, u"\u0D46\u0D4A\u0D47\u0D4B"},
    {0x0D57, u"\u0D46\u0D4C"},
    {0x0DCA, u"\u0DD9\u0DDA\u0DDC\u0DDD"},
    {0x0DCF, u"\u0DD9\u0DDC"},
    {0x0DDF, u"\u0DD9\u0DDE"},
    {0x0F72, u"\u0F71\u0F73"},
    {0x0F74, u"\u0F71\u0F75"},
    {0x0F80, u"\u0FB2\u0F76\u0FB3\u0F78\u0F71\u0F81"},
    {0x0FB5, u"ཀཀྵ\u0F90\u0FB9"},
    {0x0FB7, u"གགྷཌཌྷདདྷབབྷཛཛྷ\u0F92\u0F93\u0F9C\u0F9D\u0FA1\u0FA2\u0FA6\u0FA7\u0FAB\u0FAC"},
    {0x102E, u"ဥဦ"},
    {0x1B35, u"ᬅᬆᬇᬈᬉᬊᬋᬌᬍᬎᬑᬒ\u1B3A\u1B3B\u1B3C\u1B3D\u1B3E\u1B40\u1B3F\u1B41\u1B42\u1B43"},
    {0x3099,
     u"かがきぎくぐけげこごさざしじすずせぜそぞただちぢつづてでとどはばひびふぶへべほぼうゔ\u309D\u309Eカガキギクグケゲ"
     u"コゴサザシジスズセゼソゾタダチヂツヅテデトドハバヒビ"
     u"フブヘベホボウヴワヷヰヸヱヹヲヺ\u30FD\u30FE"},
    {0x309A, u"はぱひぴふぷへぺほぽハパヒピフプヘペホポ"},
};

using Letters = std::unordered_map<char32_t, std::pair<char32_t, char32_t>>;

Letters all_letters() {
  Letters letters;
  for (const auto& mark : kMarks) {
    for (const char16_t* at = mark.letters; *at != 0; at += 2) letters[at[1]] = {at[0], mark.mark};
  }
  return letters;
}

/// Appends `letter` in UTF-8.
void append(std::string& out, char32_t letter) {
  const auto byte = [&](char32_t value) { out += static_cast<char>(static_cast<unsigned char>(value)); };
  if (letter < 0x80) {
    byte(letter);
  } else if (letter < 0x800) {
    byte(0xC0 | letter >> 6);
    byte(0x80 | (letter & 0x3F));
  } else {
    byte(0xE0 | letter >> 12);
    byte(0x80 | (letter >> 6 & 0x3F));
    byte(0x80 | (letter & 0x3F));
  }
}

void decompose(std::string& out, char32_t letter, const Letters& letters) {
  constexpr char32_t kFirst = 0xAC00, kLast = 0xD7A3, kLead = 0x1100, kVowel = 0x1161, kTail = 0x11A7;
  if (letter >= kFirst && letter <= kLast) {
    const char32_t number = letter - kFirst;
    append(out, kLead + number / 588);
    append(out, kVowel + number % 588 / 28);
    if (number % 28 != 0) append(out, kTail + number % 28);
    return;
  }
  const auto found = letters.find(letter);
  if (found == letters.end()) return append(out, letter);
  decompose(out, found->second.first, letters);
  append(out, found->second.second);
}

}  // namespace

std::string decomposed(std::string_view text) {
  static const Letters kLetters = all_letters();
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto at = [&](std::size_t k) { return static_cast<unsigned char>(k < text.size() ? text[k] : 0); };
    const auto is_tail = [&](std::size_t k) { return (at(k) & 0xC0) == 0x80; };
    if (at(i) >= 0xC2 && at(i) < 0xE0 && is_tail(i + 1)) {
      decompose(out, static_cast<char32_t>((at(i) & 0x1F) << 6 | (at(i + 1) & 0x3F)), kLetters);
      i += 2;
    } else if (at(i) >= 0xE0 && at(i) < 0xF0 && is_tail(i + 1) && is_tail(i + 2)) {
      decompose(out, static_cast<char32_t>((at(i) & 0x0F) << 12 | (at(i + 1) & 0x3F) << 6 | (at(i + 2) & 0x3F)),
                kLetters);
      i += 3;
    } else {
      out += text[i++];
    }
  }
  return out;
}

}  // namespace boxfeed
