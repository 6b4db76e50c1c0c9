/** Values of conversations by e-mail, WhatsApp and SMS ("Pesan masuk"). */

export const INCOMING_CHANNELS = ['email', 'whatsapp', 'sms'] as const;
export type IncomingChannel = (typeof INCOMING_CHANNELS)[number];

export const CONVERSATION_STATES = ['waiting', 'case', 'referred', 'dismissed'] as const;
export type ConversationState = (typeof CONVERSATION_STATES)[number];

/** Why a conversation is not a report. */
export const DISMISSAL_REASONS = ['greeting', 'spam', 'internal', 'handled', 'other'] as const;
export type DismissalReason = (typeof DISMISSAL_REASONS)[number];
