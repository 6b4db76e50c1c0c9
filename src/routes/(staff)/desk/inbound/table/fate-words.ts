import { m } from '#lib/paraglide/messages.js';
import type { ShownLine } from '#lib/server/web/forms/inbound-table.ts';
import type { Look } from '#lib/ui/content/shapes.ts';

type Kind = ShownLine['kind'];

const fates: Record<Kind, Look & { word: () => string }> = {
	opens: { tone: 'info', shape: 'ring', word: m.inbound_fate_opens },
	attaches: { tone: 'info', shape: 'arrow', word: m.inbound_fate_attaches },
	opened: { tone: 'good', shape: 'check', word: m.inbound_fate_opened },
	attached: { tone: 'good', shape: 'arrow', word: m.inbound_fate_attached },
	known: { tone: 'neutral', shape: 'check', word: m.inbound_fate_known },
	elsewhere: { tone: 'warn', shape: 'lock', word: m.inbound_fate_elsewhere },
	repeated: { tone: 'neutral', shape: 'turn', word: m.inbound_fate_repeated },
	wrong: { tone: 'warn', shape: 'bang', word: m.inbound_fate_wrong }
};

export const fateWord = (kind: Kind): string => fates[kind].word();
export const fateLook = (kind: Kind): Look => ({ tone: fates[kind].tone, shape: fates[kind].shape });

/** Lines that the import would store or has stored. */
export const isStored = ({ kind }: ShownLine): boolean => ['opens', 'attaches', 'opened', 'attached'].includes(kind);
/** Lines with a problem that a person has to solve. */
export const isLeft = ({ problem }: ShownLine): boolean => problem !== null;
