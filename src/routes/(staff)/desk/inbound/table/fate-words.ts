import { m } from '#lib/paraglide/messages.js';
import type { ShownLine } from '#lib/server/web/forms/inbound-table.ts';
import type { Look } from '#lib/ui/content/shapes.ts';

type Kind = ShownLine['kind'];

const words: Record<Kind, () => string> = {
	opens: m.inbound_fate_opens,
	attaches: m.inbound_fate_attaches,
	opened: m.inbound_fate_opened,
	attached: m.inbound_fate_attached,
	known: m.inbound_fate_known,
	elsewhere: m.inbound_fate_elsewhere,
	repeated: m.inbound_fate_repeated,
	wrong: m.inbound_fate_wrong
};
const looks: Record<Kind, Look> = {
	opens: { tone: 'info', shape: 'ring' },
	attaches: { tone: 'info', shape: 'arrow' },
	opened: { tone: 'good', shape: 'check' },
	attached: { tone: 'good', shape: 'arrow' },
	known: { tone: 'neutral', shape: 'check' },
	elsewhere: { tone: 'warn', shape: 'lock' },
	repeated: { tone: 'neutral', shape: 'turn' },
	wrong: { tone: 'warn', shape: 'bang' }
};

export const fateWord = (kind: Kind): string => words[kind]();
export const fateLook = (kind: Kind): Look => looks[kind];

/** Lines that storing would write or has written, and those a person still has to do something about. */
export const isStored = ({ kind }: ShownLine): boolean => ['opens', 'attaches', 'opened', 'attached'].includes(kind);
export const isLeft = ({ problem }: ShownLine): boolean => problem !== null;
