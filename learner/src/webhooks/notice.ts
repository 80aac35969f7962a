/** What webhooks tell: somebody is needed, or something was undone. */
export const NOTICE_TYPES = ['review_pending', 'quarantined', 'rolled_back', 'sample_ratio_alarm'] as const;
export type NoticeType = (typeof NOTICE_TYPES)[number];

/** One thing that happened, as it is sent. It names rules by id and never quotes them: whoever listens may not know them. */
export interface Notice {
  /** The same for every attempt to deliver it. */
  readonly id: string;
  readonly type: NoticeType;
  readonly project: string;
  /** ISO time. */
  readonly at: string;
  /** `null` = it is about all knowledge of the project. */
  readonly ruleId: string | null;
  /** Position of the knowledge log, to be looked at with `tracelore knowledge at`; `null` = nothing was written there. */
  readonly position: number | null;
  readonly actor: string;
  /** One sentence. */
  readonly reason: string;
}
