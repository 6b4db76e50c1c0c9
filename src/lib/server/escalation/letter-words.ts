import escalation from '#lib/messages/escalation.id.json' with { type: 'json' };
import vocabulary from '#lib/messages/vocabulary.id.json' with { type: 'json' };

const words: Readonly<Record<string, string>> = { ...vocabulary, ...escalation };

/** The word of a code as the screens have it; the code itself where a newer version wrote one that is not known here. */
const word = (area: 'state' | 'reason' | 'task', code: string): string => words[`escalation_${area}_${code}`] ?? code;

export const stateInWords = (state: string): string => word('state', state);
export const reasonInWords = (code: string): string => word('reason', code);
export const taskInWords = (code: string): string => word('task', code);
