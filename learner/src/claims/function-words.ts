const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

export const AUXILIARIES: ReadonlySet<string> = words(
  'is are was were be been being do does did may might must can could should shall will would has have had need needs cannot gets get',
);
/** Verbs that stand after what a rule is about: "refunds take", "a contract ends". */
export const STATING_VERBS: ReadonlySet<string> = words(
  'start starts end ends begin begins cost costs expire expires travel travels belong belongs apply applies count counts stand stands come comes contain contains require requires renew renews run runs return returns pay pays receive receives hold holds keep keeps use uses take takes go goes include includes get gets cover covers last lasts mean means refer refers become becomes exclude excludes lower lowers arrive arrives carry carries',
);
/** Verbs whose object is a means: "use X for Y" is about Y. */
export const USING_VERBS: ReadonlySet<string> = words('use uses using call prefer choose apply');
/** Verbs that say little about what is done. */
export const LIGHT_VERBS: ReadonlySet<string> = words(
  'use uses used using make makes made give gives given take takes taken put puts set sets apply applies go goes need needs want wants have stand stands come comes do done keep keeps',
);
export const RELATIVES: ReadonlySet<string> = words('that who which whose');
export const DETERMINERS: ReadonlySet<string> = words('a an the all every each any this these no');
/** Prepositions before what is to be so, and before where or when. */
export const BEFORE_VALUE: ReadonlySet<string> = words('as with by to via into using than like');
export const BEFORE_PLACE: ReadonlySet<string> = words(
  'in on at from for about per under over between within after before until during through against onto upon above below without instead',
);
/** Turn what follows around, or the whole clause where they belong to its verb. */
export const NEGATORS: ReadonlySet<string> = words(
  'not no never none nor cannot neither nobody nothing without instead rather except hardly',
);
export const NEGATIVE_VERB: RegExp =
  /^(?:exclud\w+|omit\w*|ignor\w+|skip\w*|avoid\w*|refus\w+|forbid\w*|forbidden|prohibit\w*|deny|denied|denies|reject\w*|declin\w+|disregard\w*|suppress\w*|impossible|disallow\w*)$/;

const EMPTY: ReadonlySet<string> = words(
  'a an the of to in on at for from with by as is are was were be been being it its they them their this that these those and or but if when whenever while where must should shall may can will would do does did has have had who whom which what whose there here so also then just ever once already still up out about into per within after before until than own you your yours we our us i he she his her get gets got via through between during one ones such even only any all every each whole not no never nor without instead rather except unless cannot because since upon let lets be onto against both either more most less least many much few some very too well as like another other others again always over under above below',
);

/** Whether a lower-case word says what a rule is about or what it wants, and does not only join such words. */
export function isContentWord(word: string): boolean {
  return word.length > 1 && !EMPTY.has(word) && !NEGATORS.has(word);
}
