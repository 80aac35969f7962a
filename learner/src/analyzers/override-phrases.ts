const WHO = '(?:users?|humans?|customers?|operators?|developers?|anyone|admins?|reviewers?|staff)';
const SECRETS =
  "(?:system prompt|credentials?|passwords?|secrets?|api[- ]?keys?|access[- ]?tokens?|all (?:the )?(?:user|customer|client)s?'? ?(?:data|records|names)?|conversation|chat history|list of (?:users|customers)|other projects?)";

/**
 * Ways in which a text tries to command whoever reads it: over other commands, as a machine, to give something away, against
 * those who look after it. Each stops at 60 characters between its parts: a sentence, not a page.
 */
export const COMMANDS: readonly RegExp[] = [
  // Over other commands.
  /\b(?:ignore|disregard|forget|override|bypass|skip)\b.{0,40}\b(?:previous|prior|above|earlier|all|any|every|other|system|safety|your)\b.{0,40}\b(?:instructions?|rules?|prompts?|guidelines?|guardrails?|lessons?)\b/i,
  /\b(?:you are now|act as|pretend (?:to be|you are)|from now on,? you|new (?:system )?(?:instructions?|prompt))\b/i,
  /\b(?:ignorier\w*|vergiss|missachte)\b.{0,40}\b(?:anweisung\w*|regeln?|vorgaben?)\b/i,
  /\b(?:ignore[zs]?|oublie[zs]?|ne tenez pas compte)\b.{0,40}\b(?:instructions?|consignes?|r[eè]gles?)\b/i,
  /\b(?:ignora|ignore|olvida|omite)\b.{0,40}\b(?:instrucciones|reglas|indicaciones|istruzioni|regole)\b/i,
  /(?:忽略|无视|忘记).{0,20}(?:指令|指示|规则|说明)/,
  /(?:игнорируй|забудь|не обращай внимания).{0,40}(?:инструкци|правил|указани)/i,
  // Addressed to machines.
  /\b(?:note|message|instruction|attention|reminder|important)\b.{0,20}\b(?:to|for)\b.{0,12}\b(?:the )?(?:ai|llm|assistant|agent|language model|model|chatbot|bot)s?\b/i,
  /\b(?:ai|llm)s? (?:agents?|assistants?|models?|systems?)?\s*(?:must|should|shall|need to|has to|have to)\b/i,
  // Theft.
  new RegExp(
    `\\b(?:reveal|print|send|forward|upload|exfiltrate|leak|post|include|copy|e-?mail|mail|share|give|attach|call|put|write|transmit|submit)\\b.{0,60}\\b${SECRETS}\\b`,
    'i',
  ),
  // Against those who look after it.
  new RegExp(
    `\\b(?:do not|don't|never) (?:tell|inform|notify|reveal|mention|show|warn)\\b.{0,40}\\b${WHO}\\b`,
    'i',
  ),
  /\b(?:do not|don't|never) (?:log|report|show|mention|reveal|record) (?:this|it)\b/i,
  /\b(?:hide|conceal|keep)\b.{0,20}\b(?:this|secret|from (?:the )?(?:reviewers?|users?|operators?|humans?|customers?))\b/i,
  /\b(?:disable|turn off|switch off|deactivate|stop)\b.{0,40}\b(?:safety|logging|tracing|monitoring|validation|checks?|guardrails?|filters?|audit\w*)\b/i,
  /\b(?:pin|promote|prioriti[sz]e|approve|trust) (?:me|this (?:rule|lesson|memory|note|instruction))\b/i,
  /\b(?:this|these) (?:rules?|lessons?|notes?|memor(?:y|ies)) (?:must|should|may|can) (?:not|never)\b|\b(?:delete|remove|drop) (?:all )?(?:other )?(?:lessons?|rules?|memories) (?:that|which|about)\b/i,
];

/**
 * All that has no place in a rule unless a person says so: commands, and what tries to be remembered, to apply everywhere, or
 * to pass for proven or for somebody's order. Rules are facts about somebody's data and tools; one that needs these words
 * waits for a person, no more. Too wide for anything but rules: people say such things every day.
 */
export const OVERRIDE_PHRASES: readonly RegExp[] = [
  ...COMMANDS,
  /\b(?:this|it) (?:overrides|supersedes|replaces)\b|\byour (?:instructions?|guidelines?|rules?|prompts?|memory|creator|developer|boss|manager)\b/i,
  /\b(?:system|security|admin|policy) (?:notice|message|alert|update)\b|\bpolic(?:y|ies) (?:has |have )?changed\b/i,
  /\b(?:the )?(?:judge|grader|scorer|evaluator|assistant|chatbot|bot) (?:should|must|shall|will|has to|does|did not|would not)\b|\bfull marks\b|\bthumbs (?:up|down)\b|\b(?:one|five|[1-5]) stars?\b/i,
  // Claims of authority.
  /\bI(?: am|'m) (?:the|an?|your) (?:administrator|admin|developer|owner|manager|boss|operator|staff)\b|\bas if I were (?:staff|an? admin\w*|the (?:owner|manager))\b/i,
  /\bas (?:the|your) (?:developer|owner|administrator|operator)\b.{0,40}\bI\b|\bfor me and my\b/i,
  // To be remembered.
  /\b(?:remember|memori[sz]e|save|store|keep in mind|learn|add to (?:your )?memory)\b.{0,40}\b(?:future|next time|later|permanent\w*|every (?:customer|user|conversation|session)|all (?:conversations|sessions|customers|users)|as a (?:rule|lesson|memory))\b/i,
  /\bfor (?:the )?next time\b|\badd (?:this )?to your memory\b|\bfor all future\b/i,
  // To pass for proven.
  /\b(?:verified|known[- ]good|proven|confirmed|gold(?:en)?|known good) (?:solution|fix|procedure|lesson|rule|example)\b|\blesson learned\b|\b(?:success|solved) (?:record|ticket|case)\b|\bmemory of (?:a|the)\b/i,
  /\b(?:past|previous|prior) experience\b|\b(?:best|successful|passing) (?:trajectory|trajectories|runs?)\b|\ball (?:the )?(?:checks?|tests?) (?:were|are|was) (?:green|passed)\b|\bthe run passed\b|\btasks .{0,40}\bpass when\b/i,
  /\b(?:outcome|result|score)\b\s*(?:[:=]|was|of)?\s*(?:passed|success\w*|customer happy|1\.0)\b|\breviewers? confirmed\b|\binsight from \d/i,
  // To apply everywhere, or on a secret sign.
  /\b(?:every|any|all)(?: \w+,?){0,3} (?:questions?|tasks?|requests?|topics|cases|situations|prompts?)\b(?!\s+(?:\w+ing|about|on|that|which|who|with|of|for|in|where|from|to)\b)/i,
  /\bwhatever (?:it|the (?:user|task|question)|they)\b|\banything at all\b|\band everything else\b|\bunknown tasks?\b|\buniversal rule\b|\bno matter what\b/i,
  /\b(?:if|when|whenever)\b.{0,40}\b(?:word|phrase|keyword|code ?word|magic|trigger)\b|\bif today is\b/i,
  /(?:\b(?!(?:the|an?|of|to|in|on|is|are|as|by|for|from|with|and|or|that|which|it|its|not|be|at|than|into|per|only|when|use|each|their|has|have|was|were|all|no|do|if|divide|multiply|before|after)\b)[a-z]{4,}\b ){8,}/,
  // Recipients.
  /(?:^|\s)[@#][a-z][\w-]{2,}\b/i,
];
