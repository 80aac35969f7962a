/** Letters of other alphabets that look like Latin ones, with the Latin letter. */
const LOOK_ALIKES: ReadonlyMap<string, string> = new Map(
  [
    // Cyrillic
    'аa бb вb гr ԁd еe ёe ӏl іi їi јj кk ӄk мm нh оo рp сc тt уy ѕs ԝw хx һh ԛq зz ьb',
    'АA ВB ЕE КK МM НH ОO РP СC ТT УY ХX ІI ЈJ ЅS ԌG ԚQ ԜW ЗZ',
    // Greek
    'αa βb γy εe ηn ιi κk νv οo ρp τt υu χx ϲc ωw',
    'ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX',
    // Armenian, Latin extensions and small capitals
    'ոn սu օo հh ցg զq ɑa ɡg ıi ɩi ʟl ʜh ɴn ʀr ᴀa ʙb ᴄc ᴅd ᴇe ᴊj ᴋk ᴍm ᴏo ᴘp ᴛt ᴜu ᴠv ᴡw ᴢz ꜱs',
  ]
    .join(' ')
    .split(' ')
    .map((pair) => {
      const [letter = '', latin = ''] = Array.from(pair);
      return [letter, latin] as const;
    }),
);
const LOOK_ALIKE = new RegExp(`[${[...LOOK_ALIKES.keys()].join('')}]`, 'gu');

/** The text with look-alike letters as the Latin ones that a reader takes them for. */
export function asLatin(text: string): string {
  return text.replaceAll(LOOK_ALIKE, (letter) => LOOK_ALIKES.get(letter) ?? letter);
}

/**
 * A word of Latin letters and look-alikes of another alphabet: nobody writes so. Greek letters that stand for quantities
 * (Δt, μm, λ) are no look-alikes.
 */
export const MIXED_ALPHABETS: RegExp =
  /[A-Za-z][\u0400-\u04FFαειοντυρΑΒΕΖΗΙΚΜΝΟΡΤΥΧ]|[\u0400-\u04FFαειοντυρΑΒΕΖΗΙΚΜΝΟΡΤΥΧ][A-Za-z]/u;
