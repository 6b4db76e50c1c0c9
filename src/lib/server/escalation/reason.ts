import { readReason } from '#lib/server/integrations/lapor/answers.ts';
import type { Exchange } from '#lib/server/integrations/lapor/types.ts';

/** Nothing of ours can have been taken in: tried again by itself. */
type NotSentReason =
	| 'dns'
	| 'refused'
	| 'connect_timeout'
	| 'connect_reset'
	| 'tls'
	| 'unreachable'
	| 'connect_failed'
	| 'not_built'
	| 'rate_limited'
	| 'busy'
	| 'own_validation'
	| 'circuit_open'
	| 'connection_halted'
	| 'photos_not_uploaded'
	| 'lease_lost_before_create'
	| 'not_tried';

/** The service read the report and said why it doesn't take it. */
type RejectedReason =
	'refused_fields' | 'refused_conflict' | 'refused_too_large' | 'refused_media_type' | 'refused_other';

/** Something is wrong with the connection itself: every report would meet it. */
type HaltedReason =
	'unauthorised' | 'forbidden' | 'wrong_address' | 'method_not_allowed' | 'redirected' | 'refused_without_reason';

/** The service may have taken the report in: a person decides, or a look-up. */
type UnknownReason =
	| 'timeout'
	| 'reset'
	| 'broken_answer'
	| 'answer_too_large'
	| 'request_timeout'
	| 'server_error'
	| 'unavailable'
	| 'no_readable_id'
	| 'reference_exists'
	| 'lease_lost_after_create'
	/** The site was restored from a backup that saw it waiting. */
	| 'restored';

/** Only of reads, uploads and follow-ups. */
type OtherReason = 'gone' | 'unreadable';

export type ReasonCode = NotSentReason | RejectedReason | HaltedReason | UnknownReason | OtherReason;

/** Why a call ended as it did: a code the screens have words for, and what the service itself said. */
export interface Reason {
	code: ReasonCode;
	status?: number;
	/** The service's own reason, else the beginning of its answer, else the network's message. Foreign: plain text only. */
	excerpt?: string;
	/** What it says of single keys of the report. */
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
