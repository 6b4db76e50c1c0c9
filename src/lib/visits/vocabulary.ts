export const VISIT_CHANNELS = ['walk_in', 'phone', 'whatsapp', 'email', 'web', 'sms'] as const;
export type VisitChannel = (typeof VISIT_CHANNELS)[number];

/** Whether visitors of this channel are not at the counter. They get a link by message instead of a QR code to scan. */
export const isRemoteChannel = (channel: string): boolean =>
	channel !== 'walk_in' && VISIT_CHANNELS.some((one) => one === channel);

/** Waiting, being served, finished. A visit never returns to an earlier state. */
export const VISIT_STATES = ['waiting', 'begun', 'closed'] as const;
export type VisitState = (typeof VISIT_STATES)[number];

export function visitState({ begunAt, closedAt }: { begunAt: Date | null; closedAt: Date | null }): VisitState {
	if (closedAt) return 'closed';
	return begunAt ? 'begun' : 'waiting';
}

/** State of a new entry: the visitor waits, the service begins now, or the service is already over. */
export const NEW_ENTRY_STATES = ['wait', 'begin', 'close'] as const;

/** Characters. */
export const LONGEST_PURPOSE = 200;
