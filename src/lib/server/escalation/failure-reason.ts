import { readReason } from '#lib/server/integrations/lapor/responses.ts';
import { withoutHtml } from '#lib/server/integrations/lapor/tracking.ts';
import type { Exchange } from '#lib/server/integrations/lapor/types.ts';
import type { ReasonCode } from '#lib/words/forward.ts';

/** Why a call failed: a code that the screens translate, and the service's text. */
export interface Reason {
	code: ReasonCode;
	status?: number;
	/** The service's reason, or else the start of its response, or else the network's message. Foreign text: plain text only. */
	excerpt?: string;
	/** The service's reasons for single keys of the report. */
	fields?: readonly { field: string; text: string }[];
}

/** The reason of a failed exchange, with this code. */
export function reasonOf(code: ReasonCode, seen: Exchange): Reason {
	const readBody = readReason(seen.json, seen.status);
	const said = readBody?.text ?? (printable(seen) || seen.error?.detail);
	return {
		code,
		status: seen.status,
		excerpt: said ? withoutHtml(said) || said : undefined,
		fields: readBody?.fields.length ? readBody.fields : undefined
	};
}

/** The start of a response. Of one that is not text, such as a picture or a compressed page, its kind and its length. */
function printable({ excerpt = '', headers = {} }: Exchange): string {
	const unreadable = excerpt.split('\ufffd').length - 1;
	// A page in an older encoding has some of these characters, and is still readable.
	if (unreadable <= excerpt.length / 10) return excerpt;
	const [kind] = /^[\w.+-]+\/[\w.+-]+/.exec(headers['content-type'] ?? '') ?? [];
	const [length] = /^\d+$/.exec(headers['content-length'] ?? '') ?? [];
	return [kind, length && `${length} B`].filter(Boolean).join(', ');
}

/**
 * Guesses from the text of LAPOR's refusal whether LAPOR_BEARER (`auth`) or LAPOR_TOKEN (`token`) is wrong; undefined if
 * the text is unclear. LAPOR's development and production systems use different names for the bearer header, so a wrong
 * name looks like a missing header.
 */
export function refusedSecret({ excerpt = '' }: Pick<Reason, 'excerpt'>): 'token' | 'auth' | undefined {
	const text = excerpt.toLowerCase();
	// Gateways call the bearer "access token" or "bearer token", and the other header "token".
	const bearer = /\b(authori[sz]ation|auth|bearer|access[ _-]?token|credentials?)\b/.test(text);
	const token = /\btoken\b/.test(text.replace(/\b(access|bearer)[ _-]?token\b/g, ''));
	if (token === bearer) return undefined;
	return token ? 'token' : 'auth';
}
