export const VISIT_CHANNELS = ['walk_in', 'phone', 'whatsapp', 'email', 'web', 'sms'] as const;
export type VisitChannel = (typeof VISIT_CHANNELS)[number];

/** Who came this way is not at the counter: a link is sent there, and no screen scanned. */
export const isFar = (channel: string): boolean =>
	channel !== 'walk_in' && VISIT_CHANNELS.some((one) => one === channel);

/** Noted and waiting, being served, served. A visit only ever goes forward. */
export const VISIT_STATES = ['waiting', 'begun', 'closed'] as const;
export type VisitState = (typeof VISIT_STATES)[number];

export function visitState({ begunAt, closedAt }: { begunAt: Date | null; closedAt: Date | null }): VisitState {
	if (closedAt) return 'closed';
	return begunAt ? 'begun' : 'waiting';
}

/** How far an entry is at once: somebody waits, somebody is served from now on, or was served already. */
export const NOTE_STEPS = ['wait', 'begin', 'close'] as const;

export const LONGEST_PURPOSE = 200;
/** A rating that is sent sooner after the end of its visit than this was hardly written by the visitor, in seconds. */
export const SOONEST_SECONDS = 20;
