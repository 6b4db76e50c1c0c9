import escalation from '#lib/messages/escalation.id.json' with { type: 'json' };
import vocabulary from '#lib/messages/vocabulary.id.json' with { type: 'json' };
import { readReason } from '#lib/server/integrations/lapor/answers.ts';
import type { Exchange } from '#lib/server/integrations/lapor/types.ts';
import type { ReasonCode } from '#lib/words/forward.ts';

/** Why a call failed: a code that the screens have words for, and what the service said. */
export interface Reason {
	code: ReasonCode;
	status?: number;
	/** The service's reason, else the beginning of its answer, else the network's message. Foreign, so plain text only. */
	excerpt?: string;
	/** Reasons for single keys of the report. */
	fields?: readonly { field: string; text: string }[];
}

/** The reason of an exchange under a given code. */
export function reasonOf(code: ReasonCode, seen: Exchange): Reason {
	const said = readReason(seen.json);
	const excerpt = said?.text ?? (seen.excerpt || seen.error?.detail);
	return {
		code,
		...(seen.status === undefined ? {} : { status: seen.status }),
		...(excerpt ? { excerpt } : {}),
		...(said && said.fields.length > 0 ? { fields: said.fields } : {})
	};
}

/**
 * Finds by its words which of the two headers a refusal is about; undefined if it does not say. LAPOR's development and
 * production systems use different names for the bearer header, so a wrong name looks like a missing header.
 */
export function refusedSecret({ excerpt = '' }: Pick<Reason, 'excerpt'>): 'token' | 'auth' | undefined {
	const text = excerpt.toLowerCase();
	// Gateways call the bearer "access token" or "bearer token", and the other header "token".
	const bearer = /\b(authori[sz]ation|auth|bearer|access[ _-]?token|credentials?)\b/.test(text);
	const token = /\btoken\b/.test(text.replace(/\b(access|bearer)[ _-]?token\b/g, ''));
	if (token === bearer) return undefined;
	return token ? 'token' : 'auth';
}

const words: Readonly<Record<string, string>> = { ...vocabulary, ...escalation };

/** The word of a code as the screens have it; the code itself where a newer version wrote one that is not known here. */
const word = (area: 'state' | 'reason' | 'task', code: string): string => words[`escalation_${area}_${code}`] ?? code;

export const stateInWords = (state: string): string => word('state', state);
export const reasonInWords = (code: string): string => word('reason', code);
export const taskInWords = (code: string): string => word('task', code);
