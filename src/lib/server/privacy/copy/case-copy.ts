import { and, asc, eq } from 'drizzle-orm';
import { caseCopySchema, type CaseCopy } from '#lib/privacy/case-copy.ts';
import { reporterTimeline } from '#lib/words/reporter-timeline.ts';
import { lockCase, type CaseWithUnit } from '#lib/server/cases/find.ts';
import { decryptReporter } from '#lib/server/cases/reporter.ts';
import { trackedMails } from '#lib/server/cases/mail-preference.ts';
import { recordEvent } from '#lib/server/cases/timeline.ts';
import { reportsOfReceipt } from '#lib/server/cases/find-by-receipt.ts';
import { reporterView } from '#lib/server/cases/reporter-view.ts';
import { visibleTo } from '#lib/server/cases/visibility.ts';
import { withoutHiddenLines, withoutHiddenParts } from '#lib/server/cases/visible-references.ts';
import { siteAddress } from '#lib/server/channels/site-address.ts';
import { now } from '#lib/server/clock.ts';
import { db, transaction } from '#lib/server/db/index.ts';
import { dataRequests } from '#lib/server/db/schema/data-requests.ts';
import { mails } from '#lib/server/db/schema/mails.ts';
import { TooMany } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { exportEntry, recordChange } from '#lib/server/people/audit.ts';
import { consentsOfCase } from '#lib/server/people/consents.ts';
import { BUDGETS, consume } from '#lib/server/rate-limits.ts';
import { referenceData } from '#lib/server/reference/reference.ts';
import { noticesAbout } from '../breaches/letters.ts';
import { channelMessages } from './channel-messages.ts';
import { copiedRequests } from './copied-requests.ts';
import { snakeCaseKeys } from './snake-case-keys.ts';

export type CopyFormat = 'pdf' | 'json';

/** The holder of the receipt, or a staff member who makes the copy for a person at the counter. */
export type CopyReader = 'reporter' | Actor;

/**
 * Makes the copy of what is held about a reporter in a report, and in the reports that the same receipt opens
 * (UU 27/2022, access). The caller must have checked access to the report: by the receipt, or by `caseForActor` and the
 * person at the counter. The base is `reporterView`, which the tracking page shows. Of the names of staff and officers it
 * has only the officer whom the reporter chose. Notes, drafts and reports of other people are not in it.
 *
 * A copy made by staff leaves out reports that this staff member may not see. Unless the report is named, it also leaves
 * out name and contact, senders, and the words of requests. Each copy is a public entry on the timeline of each report
 * in it, and one made by staff is an entry of the audit log. Titles and notes are in the language of the request.
 * @throws TooMany if the reporter has made the copies of a day
 */
export async function caseCopy(opened: CaseWithUnit, reader: CopyReader, format: CopyFormat): Promise<CaseCopy> {
	if (reader === 'reporter' && !(await consume('copy', String(opened.row.id))))
		throw new TooMany(BUDGETS.copy.seconds, 'copy_budget');
	const found = await reportsOfReceipt(opened, reader === 'reporter' ? undefined : visibleTo(reader));
	const reports = await Promise.all(
		found.map(async (one) => ({
			...(await copiedReport(one, reader)),
			relation: one === opened ? 'own' : 'split'
		}))
	);
	const ids = found.map(({ row }) => row.id).sort((a, b) => a - b);
	await transaction(async (tx) => {
		for (const id of ids) {
			const { row } = await lockCase(tx, id);
			await recordEvent(tx, row, { type: 'copy_downloaded', author: reader, public: true, data: { format } });
		}
		if (reader === 'reporter') return;
		// One row, also for several parts: their number would show that a restricted part exists.
		const filter = { reference: opened.row.reference, format };
		const exported = exportEntry(opened.unit.id, { list: 'case_copy', filter, rows: 1, complete: true });
		await recordChange(tx, reader, exported);
	});
	return caseCopySchema.parse({ format: 'spatula-case-copy', version: 1, made_at: now(), reports });
}

/** A copy as the content of its JSON file. */
export const copyJson = (copy: object): Buffer => Buffer.from(`${JSON.stringify(copy, null, '\t')}\n`);

// `other` is never public, so no copy contains it.
const PARTIES = { reporter: 'reporter', staff: 'office', system: 'system', lapor: 'lapor', other: 'system' } as const;

async function copiedReport({ row, unit }: CaseWithUnit, reader: CopyReader) {
	const withContact = reader === 'reporter' || row.identity === 'named';
	const [view, contact, tracked, emails, history, notices, requests, { placeById }] = await Promise.all([
		reporterView({ row, unit }),
		withContact ? decryptReporter(row.reporterSealed) : null,
		trackedMails(row),
		emailsAbout(row.id),
		consentsOfCase(row.id),
		noticesAbout(row.id),
		copiedRequests(eq(dataRequests.caseId, row.id), withContact),
		referenceData()
	]);
	const { messages } = view;
	const contactChanged = view.entries.find(({ type }) => type === 'contact_changed');
	const { arrivals, chats } = await channelMessages(row, withContact, contactChanged?.at);
	const entries = reader === 'reporter' ? view.entries : await withoutHiddenParts(reader, view.entries);
	const entryOf = new Map(entries.toReversed().map((entry) => [entry.data.message, entry]));
	const place = placeById.get(row.placeId ?? '');
	const timeline = reporterTimeline({ entries, messages: [], attachments: [] }, { zone: unit.timeZone, since: null });
	const itemBySeq = new Map(timeline.map((item) => [item.seq, item]));
	const authorOf = new Map(messages.map(({ id, author }) => [id, author]));
	return {
		...snakeCaseKeys(row),
		office: unit.name,
		time_zone: unit.timeZone,
		// The name of an officer's desk may contain the officer's name, which is left out unless the reporter chose the desk.
		place: view.chosen?.place ?? (place?.officerId === null ? place.name : null),
		officer: view.chosen?.officer ?? null,
		last_opened_at: row.seenAt,
		deadlines: view.clocks.map(snakeCaseKeys),
		lapor: view.forward && { number: view.forward.laporId, status: view.forward.laporStatus },
		identity: {
			choice: row.identity,
			name: contact?.name ?? null,
			phone: contact?.phone ?? null,
			email: contact?.email ?? null,
			left_out: !withContact && row.reporterSealed !== null
		},
		consents: {
			publication: !row.secret,
			identity_to_lapor: row.consentLapor,
			emails: tracked?.state ?? null,
			history
		},
		breach_notices: notices,
		openings: entries
			.filter(({ type }) => type === 'revealed')
			.map(({ at, actorKind, data }) => ({ at, by: PARTIES[actorKind], reason: String(data.reason ?? '') })),
		requests,
		arrivals,
		chat_messages: reader === 'reporter' ? chats : await withoutHiddenLines(reader, chats),
		messages: messages.map(({ id, at, author, body }) => ({
			at,
			from: PARTIES[author],
			kind: kindOf(entryOf.get(id)?.type),
			text: body
		})),
		files: view.attachments.map((file) => ({
			...snakeCaseKeys(file),
			// Files without a message came with the report.
			from: PARTIES[authorOf.get(file.messageId ?? '') ?? 'reporter'],
			link: `${siteAddress()}/berkas/${file.id}`
		})),
		timeline: entries.map(({ seq, at, type, actorKind }) => {
			const item = itemBySeq.get(seq);
			const { title = '', notes = [], quote: text = null, letter, links = [] } = item ?? {};
			return { at, type, by: PARTIES[actorKind], title, notes, text, letter: letter?.number ?? null, links };
		}),
		emails
	};
}

const kindOf = (type: string | undefined) =>
	type === 'answered' ? 'answer' : type === 'info_requested' ? 'question' : 'message';

/** The e-mails that were written to the reporter of a case. A read model of the table of `channels`. */
const emailsAbout = (caseId: number) =>
	db()
		.select({ subject: mails.subject, written_at: mails.createdAt, sent_at: mails.sentAt })
		.from(mails)
		.where(and(eq(mails.caseId, caseId), eq(mails.kind, 'reporter')))
		.orderBy(asc(mails.createdAt));
