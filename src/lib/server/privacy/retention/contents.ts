import type { RetentionPart } from '#lib/privacy/retention.ts';

/**
 * Where personal content is stored, column by column: which part of the retention schedule destroys it, and what is left.
 * Destruction and dry run are derived from this list. `contents.db.spec.ts` fails for a column of words that is missing
 * here, so that a new column can't escape destruction.
 */

/** Destroyed with any of these parts; `to` is what is left, in SQL. */
interface Destroyed {
	parts: readonly RetentionPart[];
	to: string;
}
type Fate = 'kept' | Destroyed;

interface TableContents {
	/** Condition for the rows of the destroyed cases, visits … In it, `:ids` is the array of their ids. */
	of: string;
	/** The condition of the parts `privacy` and `push`, whose subjects are the rows themselves. */
	ofRows?: string;
	/** Rows are deleted as a whole with any of these parts. */
	deleted?: readonly RetentionPart[];
	/** Columns of text, JSON and bytes. In tables whose rows are deleted, only those that another part empties before. */
	columns: Record<string, Fate>;
}

const by =
	(...parts: readonly RetentionPart[]) =>
	(to: string): Destroyed => ({ parts, to });
const identity = by('identity');
const text = by('text');
/** LAPOR's responses repeat what was sent: the report and, with consent, the reporter. */
const identityOrText = by('identity', 'text');
const request = by('identity', 'text', 'privacy');
const letters = by('letters');
const guestBook = by('guest_book');
const comment = by('rating_comments');
const logged = by('log');

const kept = (...names: readonly string[]): Record<string, 'kept'> =>
	Object.fromEntries(names.map((name) => [name, 'kept']));

/** Lists show it instead of the first words. Stored in the language of the office, as every title is. */
const DESTROYED_TITLE = `'(isi sudah dimusnahkan)'`;

const OF_CASE = 'case_id = any(:ids)';
const OF_MESSAGE = `(case_id = any(:ids) or conversation_id in (select id from conversations where case_id = any(:ids)))`;
const OF_INCOMING_FILE = `message_id in (select id from incoming_messages where ${OF_MESSAGE})`;
const OF_FORWARD = 'escalation_id in (select id from escalations where case_id = any(:ids))';

/**
 * Keeps the numbers and yes/no values of a timeline entry, and the reason of an archiving, which is a code, because
 * figures count them. All texts go.
 */
const ENTRY = `(select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(data)
	where jsonb_typeof(value) in ('number', 'boolean') or (type = 'archived' and key = 'reason'))`;

/** A list of a filed periodic report, without the office's words about the destroyed cases. */
const recapList = (list: string, key: string, value: string) =>
	`(select coalesce(jsonb_agg(case when (item ->> 'caseId')::bigint = any(:ids)
		then item || '{"${key}": ${value}}' else item end order by n), '[]')
	from jsonb_array_elements(figures -> '${list}') with ordinality as listed(item, n))`;

export const CONTENTS: Record<string, TableContents> = {
	cases: {
		of: 'id = any(:ids)',
		columns: {
			title: text(DESTROYED_TITLE),
			body: text(`''`),
			requested_solution: text('null'),
			reporter_sealed: identity('null'),
			reporter_hash: identity('null'),
			reporter_words: identity('null'),
			content_hash: text(`''`),
			// The institution that took the case over, codes, ids, and hashes of random ids. The receipt still opens the page.
			...kept('reference', 'kind', 'category', 'class', 'priority', 'service', 'identity', 'channel', 'status'),
			...kept('return_status', 'archive_reason', 'transferred_to', 'escalation_state'),
			...kept('former_chats', 'submission_hash', 'receipt_hash', 'receipt_link_hash')
		}
	},
	case_officers: { of: OF_CASE, columns: { ...kept('source', 'state'), removal_reason: text('null') } },
	timeline: { of: OF_CASE, columns: { ...kept('type', 'actor_kind'), data: text(ENTRY) } },
	messages: { of: OF_CASE, columns: { ...kept('author'), submission_hash: text('null'), body: text(`''`) } },
	// Before the files that they name.
	escalation_files: { of: OF_FORWARD, deleted: ['files'], columns: {} },
	attachments: { of: OF_CASE, deleted: ['files'], columns: {} },
	approvals: {
		of: OF_CASE,
		columns: {
			...kept('kind', 'archive_reason', 'state'),
			body: text(`''`),
			action: text('null'),
			reason: text('null')
		}
	},
	clarifications: { of: OF_CASE, columns: { ...kept('state'), question: text(`''`), answer: text('null') } },
	late_causes: { of: OF_CASE, deleted: ['text'], columns: {} },
	recaps: {
		of: `exists (select from jsonb_array_elements((figures -> 'late') || (figures -> 'suggestions')) as listed(item)
			where (item ->> 'caseId')::bigint = any(:ids))`,
		columns: {
			...kept('scope', 'period', 'reason', 'signer'),
			figures: text(`figures || jsonb_build_object('late', ${recapList('late', 'cause', 'null')},
				'suggestions', ${recapList('suggestions', 'action', '"–"')})`)
		}
	},
	case_search: { of: OF_CASE, columns: { document: text('document') } },
	letters: { of: OF_CASE, columns: { signers: letters(`'[]'`) } },
	mails: { of: OF_CASE, deleted: ['letters'], columns: { address: identity('null') } },
	reporter_mail: { of: OF_CASE, deleted: ['identity'], columns: {} },
	// Before the conversations that they name.
	incoming_messages: {
		of: OF_MESSAGE,
		columns: {
			// The keys of messages are hashes. A Message-ID often names the sender's computer or domain.
			...kept('once_key', 'state', 'reason', 'kind'),
			external_id: identity('null'),
			source: identityOrText('null'),
			body: text(`''`),
			quoted: identityOrText('null'),
			refused_files: text(`'[]'`)
		}
	},
	incoming_files: { of: OF_INCOMING_FILE, deleted: ['files'], columns: { transcript: text('null') } },
	outgoing_messages: {
		of: OF_CASE,
		columns: {
			...kept('once_key', 'state', 'reason'),
			external_id: identity('null'),
			content: text(`'{}'`)
		}
	},
	conversations: {
		of: OF_CASE,
		columns: {
			...kept('channel', 'state', 'reason'),
			sender_sealed: identity(`''`),
			sender_hash: identity(`''`),
			sender_words: identity('null'),
			subject: text('null'),
			draft: text('null')
		}
	},
	push_subscriptions: { of: OF_CASE, ofRows: 'id = any(:ids)', deleted: ['identity', 'text', 'push'], columns: {} },
	notices: { of: OF_CASE, deleted: ['text'], columns: {} },
	due_notices: { of: OF_CASE, columns: kept('kind') },
	consents: { of: OF_CASE, columns: { ...kept('kind', 'language'), words: identity(`''`) } },
	breach_subjects: {
		of: OF_CASE,
		ofRows: 'id = any(:ids)',
		// What a person wrote about the call or letter goes with the identity, or with the text of an anonymous report.
		columns: {
			// Different for each person of a breach, as the table wants it.
			described: by('privacy')(`'– ' || left(id::text, 8)`),
			told_how: by('identity', 'text', 'privacy')(`case when told_how in ('email', 'page', 'desk') then told_how end`)
		}
	},
	presences: { of: OF_CASE, columns: {} },
	legal_holds: { of: OF_CASE, columns: {} },
	clocks: { of: OF_CASE, columns: kept('name', 'day_unit', 'basis', 'state', 'skipped') },
	pauses: { of: OF_CASE, columns: kept('why') },
	case_moves: { of: OF_CASE, columns: kept('kind', 'channel', 'move') },
	clock_outcomes: { of: OF_CASE, columns: kept('name', 'day_unit') },
	escalations: {
		of: OF_CASE,
		columns: {
			...kept('reference', 'mode', 'purpose', 'state', 'institution', 'reason_code', 'lapor_id', 'lapor_status'),
			title: text(DESTROYED_TITLE),
			content: text(`''`),
			report: text(`'{}'`),
			identity_sealed: identity('null'),
			purpose_reason: text(`''`),
			reason_text: identityOrText('null'),
			// Every verb of a forward refuses a destroyed case, so its task can't be done.
			task: text('null'),
			task_text: identityOrText('null')
		}
	},
	escalation_attempts: {
		of: OF_FORWARD,
		columns: { ...kept('step', 'outcome', 'reason_code', 'lapor_id'), excerpt: identityOrText('null') }
	},
	escalation_followups: {
		of: OF_FORWARD,
		columns: {
			...kept('source', 'state', 'remote_id', 'reason_code'),
			content: text(`''`),
			reason_text: identityOrText('null')
		}
	},
	escalation_updates: {
		of: OF_FORWARD,
		columns: {
			...kept('remote_key', 'kind', 'status_name'),
			content: text('null'),
			author: identityOrText('null'),
			attachments: by('files', 'text')(`'[]'`),
			raw: identityOrText(`'{}'`)
		}
	},
	inbound_reports: {
		of: OF_CASE,
		columns: { ...kept('lapor_id', 'matched_by'), title: text(DESTROYED_TITLE), content: text(`''`) }
	},
	data_requests: {
		of: OF_CASE,
		ofRows: 'id = any(:ids)',
		columns: {
			...kept('number', 'kind', 'via', 'person_check', 'state', 'confirm_hash', 'ground', 'submission_hash'),
			content_sealed: request(`''`),
			check_note: request('null'),
			reason: by('text', 'privacy')('null'),
			content_hash: request(`''`)
		}
	},
	visits: {
		of: 'id = any(:ids)',
		columns: {
			...kept('service', 'channel', 'token_hash'),
			external_ref: guestBook('null'),
			purpose: guestBook('null'),
			made_by_device: guestBook('null'),
			content_hash: guestBook('null')
		}
	},
	ratings: {
		of: 'id = any(:ids)',
		columns: {
			...kept('service', 'tags', 'source', 'state', 'state_reason', 'signals', 'submission_hash'),
			comment: comment('null'),
			comment_hash: comment('null'),
			comment_flags: comment(`'{}'`),
			content_hash: comment(`''`)
		}
	},
	rating_contests: {
		of: 'rating_id = any(:ids)',
		columns: { ...kept('state'), words: comment(`''`), answer: comment('null') }
	},
	rating_decisions: { of: 'rating_id = any(:ids)', columns: kept('move', 'reason', 'state') },
	/** The suggestion on a form of the satisfaction survey has the period of a rating's comment. */
	skm_responses: {
		of: 'id = any(:ids)',
		columns: {
			...kept('service', 'sex', 'age', 'education', 'occupation', 'state', 'state_reason', 'submission_hash'),
			suggestion: comment('null'),
			content_hash: comment(`''`)
		}
	},
	/** Emptied by `destroyEntryTexts`, which keeps the chain: who did what and when, and the hashes stay. */
	audit_entries: {
		of: 'id = any(:ids)',
		columns: {
			...kept('action', 'text_hash', 'prev', 'hash'),
			subject: logged(`''`),
			reason: logged('null'),
			before: logged('null'),
			after: logged('null')
		}
	}
};

/** The stored files of cases, as (id). */
export const FILES = `(select id from attachments where ${OF_CASE}
	union all select id from incoming_files where ${OF_INCOMING_FILE}) files`;

const OF_NO_CASE = `'none' as kind, null::text as reference, null::timestamptz as received_at, null::timestamptz as closed_at`;
/** Ids that no other row can get after a restore. */
const UNIQUE = `'-infinity'::timestamptz as since`;
const CASES = `select id, kind, reference, received_at, coalesce(closed_at, archived_at) as closed_at, opened_at as since
	from cases`;

/** Query of each part's subjects: id, the values of the tombstone, and when the subject began. */
export const SUBJECTS: Record<RetentionPart, string> = {
	identity: CASES,
	text: CASES,
	files: CASES,
	letters: CASES,
	guest_book: `select id, ${OF_NO_CASE}, ${UNIQUE} from visits`,
	rating_comments: `select id, ${OF_NO_CASE}, ${UNIQUE} from (select id from ratings union all select id from skm_responses) rated`,
	log: `select id, ${OF_NO_CASE}, at as since from audit_entries where action <> 'log.destroyed'`,
	privacy: `select id, ${OF_NO_CASE}, ${UNIQUE} from (select id from data_requests where case_id is null
		union all select id from breach_subjects where described is not null) registered`,
	push: `select id, ${OF_NO_CASE}, ${UNIQUE} from push_subscriptions`
};
