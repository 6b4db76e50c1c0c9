/** Values of conversations by e-mail, WhatsApp and SMS ("Pesan masuk"). */

export const INCOMING_CHANNELS = ['email', 'whatsapp', 'sms'] as const;
export type IncomingChannel = (typeof INCOMING_CHANNELS)[number];

export const CONVERSATION_STATES = ['waiting', 'case', 'referred', 'dismissed'] as const;
export type ConversationState = (typeof CONVERSATION_STATES)[number];

/** What became of a conversation: `case` is divided into those that opened a report and those that joined one. */
export const OUTCOMES = ['opened', 'joined', 'referred', 'dismissed', 'waiting'] as const;
export type Outcome = (typeof OUTCOMES)[number];
export type OutcomeCounts<Shown extends IncomingChannel | null = IncomingChannel> = { channel: Shown } & Record<
	Outcome,
	number
>;
export const sumOfOutcomes = (counts: Record<Outcome, number>): number =>
	OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);

/** Why a conversation is not a report. */
export const DISMISSAL_REASONS = ['greeting', 'spam', 'internal', 'handled', 'other'] as const;
export type DismissalReason = (typeof DISMISSAL_REASONS)[number];
