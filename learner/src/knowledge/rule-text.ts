import type { RuleText } from './rule.ts';

/** What is written down of a text: its four fields, without white space around them. */
export function onlyText({ kind, content, appliesWhen, tags }: RuleText): RuleText {
  return {
    kind,
    content: content.trim(),
    appliesWhen: appliesWhen.trim(),
    tags: tags.map((tag) => tag.trim()),
  };
}
