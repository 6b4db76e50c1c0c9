export interface LaporSettings {
	/** Without a slash at the end, for example `http://127.0.0.1:4010/sandbox-konsolidasi/1.0`. */
	baseUrl: string;
	/** The gateway reads the bearer from `Authorization` in development and from `auth` in production. */
	authHeader: 'Authorization' | 'auth';
	/** The whole value of the header, including the word "Bearer". */
	bearer: string;
	token: string;
	/** Time limits in milliseconds; tests shorten them. */
	connectMs?: number;
	callMs?: number;
}

export type ExchangeErrorCode =
	/** Before the connection was up: the service received nothing. */
	| 'dns'
	| 'refused'
	| 'connect_timeout'
	| 'connect_reset'
	| 'tls'
	| 'unreachable'
	| 'connect_failed'
	| 'not_built'
	/** After the connection was up: the service may have acted on the call. */
	| 'timeout'
	| 'reset'
	| 'broken_answer'
	| 'answer_too_large';

/** The observed result of one call, not yet classified. */
export interface Exchange {
	/** TCP and TLS were up, so the call may have been sent. */
	connected: boolean;
	status?: number;
	/** Names in lower case. */
	headers?: Readonly<Record<string, string>>;
	/** The first characters of the response. Neither it nor `json` contains our secrets. */
	excerpt?: string;
	json?: unknown;
	error?: { code: ExchangeErrorCode; detail: string };
	durationMs: number;
}

/** A file of at most 2 MB, already checked and re-encoded. */
export interface LaporFile {
	name: string;
	type: string;
	bytes: Uint8Array;
}

/** The body of a create, with exactly these keys: either `user_id` or the three keys of the reporter. */
export interface CreatePayload {
	title: string;
	content: string;
	channel: number;
	is_new_user_slider: boolean;
	user_id?: number;
	emailUser?: string;
	nameUser?: string;
	phoneUser?: string;
	is_inbox: boolean;
	is_disposisi_slider: boolean;
	classification_id: number;
	disposition_id: number;
	category_id: number;
	priority_program_id: null;
	location_id: number;
	community_id: null;
	/** YYYY-MM-DD. */
	date_of_incident: string;
	copy_externals: null;
	info_disposition: string | null;
	info_attachments: string | null;
	tags_raw: string;
	is_approval: boolean;
	is_anonymous: boolean;
	is_secret: boolean;
	is_priority: boolean;
	attachments: string | false;
}

/** A text of the office that is sent as a follow-up. `content` has at most 1000 characters. */
export interface FollowupToSend {
	complaintId: string;
	userId: number;
	institutionFromId: number;
	templateCode?: string;
	secret: boolean;
	content: string;
}
