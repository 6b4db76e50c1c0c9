import { m } from '#lib/paraglide/messages.js';
import type { ShownLine } from '#lib/server/web/forms/inbound-table.ts';
import type { Look } from '#lib/ui/content/shapes.ts';

type Kind = ShownLine['kind'];

const outcomes: Record<Kind, Look & { word: () => string }> = {
	opens: { tone: 'info', shape: 'ring', word: m.inbound_outcome_opens },
	attaches: { tone: 'info', shape: 'arrow', word: m.inbound_outcome_attaches },
	opened: { tone: 'good', shape: 'check', word: m.inbound_outcome_opened },
	attached: { tone: 'good', shape: 'arrow', word: m.inbound_outcome_attached },
	known: { tone: 'neutral', shape: 'check', word: m.inbound_outcome_known },
	elsewhere: { tone: 'warn', shape: 'lock', word: m.inbound_outcome_elsewhere },
	repeated: { tone: 'neutral', shape: 'turn', word: m.inbound_outcome_repeated },
	wrong: { tone: 'warn', shape: 'bang', word: m.inbound_outcome_wrong }
};

export const outcomeWord = (kind: Kind): string => outcomes[kind].word();
export const outcomeLook = (kind: Kind): Look => ({ tone: outcomes[kind].tone, shape: outcomes[kind].shape });

/** Lines that the import would store or has stored. */
export const isStored = ({ kind }: ShownLine): boolean => ['opens', 'attaches', 'opened', 'attached'].includes(kind);
/** Lines that a person must correct. */
export const needsCorrection = ({ problem }: ShownLine): boolean => problem !== null;
