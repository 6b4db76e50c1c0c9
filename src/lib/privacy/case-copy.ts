import { z } from 'zod';
import {
	ARCHIVE_REASONS,
	CASE_CLASSES,
	CASE_KINDS,
	CASE_STATUSES,
	CATEGORIES,
	CHANNELS,
	CLOCK_NAMES,
	IDENTITIES
} from '#lib/cases/vocabulary.ts';
import { INCOMING_CHANNELS } from '#lib/cases/incoming.ts';
import { REQUEST_KINDS, REQUEST_STATES } from './requests.ts';

/** A moment. In the JSON file it is ISO 8601 in UTC. */
export const moment = z.date();
/** A consent given or withdrawn, with the words by which the person was asked. */
export const consent = z.object({ kind: z.string(), given: z.boolean(), at: moment, words: z.string() });
export type CopiedConsent = z.output<typeof consent>;
const party = z.enum(['reporter', 'office', 'system', 'lapor']);

const file = z.object({
	id: z.string(),
	name: z.string(),
	media_type: z.string(),
	bytes: z.number(),
	sha256: z.string(),
	at: moment,
	from: party,
	/** Address of the file. It opens in the browser in which the report is open. */
	link: z.string()
});

const message = z.object({
	at: moment,
	from: party,
	kind: z.enum(['message', 'question', 'answer']),
	text: z.string()
});

/** An entry of the report's story on the tracking page. Title and notes are in the language of the reader. */
const entry = z.object({
	at: moment,
	type: z.string(),
	by: party,
	title: z.string(),
	notes: z.array(z.string()),
	/** The reporter's or LAPOR's own words, if they are not a message. */
	text: z.string().nullable(),
	letter: z.string().nullable(),
	links: z.array(z.object({ name: z.string(), url: z.string().optional() }))
});

/** A request about the data (UU 27/2022), with what the person said. */
export const request = z.object({
	number: z.string(),
	kind: z.enum(REQUEST_KINDS),
	state: z.enum(REQUEST_STATES),
	received_at: moment,
	due_at: moment,
	decided_at: moment.nullable(),
	ground: z.string().nullable(),
	reason: z.string().nullable(),
	words: z.string().nullable(),
	/** A new contact that was asked for. */
	email: z.string().nullable(),
	phone: z.string().nullable(),
	/** Name and address that were given at the counter. */
	person: z.string().nullable(),
	/** True: what the person said is left out, because this copy was made at the counter. It may contain the name. */
	left_out: z.boolean()
});

const voiceNote = z.object({
	id: z.string(),
	name: z.string(),
	media_type: z.string(),
	bytes: z.number(),
	sha256: z.string(),
	/** Its words, if the office has written them down. */
	transcript: z.string().nullable(),
	/** Address of the recording. It opens in the browser in which the report is open. */
	link: z.string()
});

/** A message of the reporter as it arrived. The report and `messages` have its text, but not its voice notes. */
const arrival = z.object({
	at: moment,
	channel: z.enum(INCOMING_CHANNELS),
	/** null: left out of a copy made at the counter for a reporter who withholds the name, or destroyed. */
	sender: z.object({ name: z.string().nullable(), address: z.string(), number: z.string().nullable() }).nullable(),
	subject: z.string().nullable(),
	text: z.string(),
	/** Quoted history and signature. Left out as the sender is. */
	quoted: z.string().nullable(),
	/** Names of files that the site did not accept. */
	refused_files: z.array(z.string()),
	voice_notes: z.array(voiceNote)
});

/** A message to the reporter by WhatsApp or SMS. `sent_at` is null if its text was not sent. */
const chatMessage = z.object({
	channel: z.enum(INCOMING_CHANNELS),
	text: z.string(),
	written_at: moment,
	sent_at: moment.nullable()
});

const report = z.object({
	reference: z.string(),
	/** `split`: this report and the first one of the copy were one report. The same code opens both. */
	relation: z.enum(['own', 'split']),
	office: z.string(),
	time_zone: z.string(),
	kind: z.enum(CASE_KINDS),
	status: z.enum(CASE_STATUSES),
	title: z.string().nullable(),
	body: z.string(),
	requested_solution: z.string().nullable(),
	category: z.enum(CATEGORIES).nullable(),
	class: z.enum(CASE_CLASSES),
	service: z.string().nullable(),
	incident_on: z.string().nullable(),
	channel: z.enum(CHANNELS),
	place: z.string().nullable(),
	/** The officer whom the reporter chose in the form. */
	officer: z.string().nullable(),
	received_at: moment,
	answered_at: moment.nullable(),
	closed_at: moment.nullable(),
	archived_at: moment.nullable(),
	archive_reason: z.enum(ARCHIVE_REASONS).nullable(),
	transferred_to: z.string().nullable(),
	/** The reporter's score of the answer, 1 to 5. */
	satisfaction: z.number().nullable(),
	last_opened_at: moment.nullable(),
	deadlines: z.array(
		z.object({
			name: z.enum(CLOCK_NAMES),
			state: z.enum(['running', 'paused', 'met', 'stopped']),
			/** It was met late, or was late when the copy was made. */
			late: z.boolean(),
			due_at: moment.nullable(),
			basis: z.string()
		})
	),
	lapor: z.object({ number: z.string().nullable(), status: z.string().nullable() }).nullable(),
	identity: z.object({
		choice: z.enum(IDENTITIES),
		name: z.string().nullable(),
		phone: z.string().nullable(),
		email: z.string().nullable(),
		/** True: stored, and left out because this copy was made at the counter for a reporter who withholds the name. */
		left_out: z.boolean()
	}),
	consents: z.object({
		publication: z.boolean(),
		identity_to_lapor: z.boolean(),
		/** null: no address was given. */
		emails: z.enum(['wanted', 'stopped', 'refused']).nullable(),
		/** All that were given or withdrawn, oldest first. */
		history: z.array(consent)
	}),
	/** Published notices about breaches that affected the reporter's data. */
	breach_notices: z.array(z.object({ at: moment, body: z.string() })),
	/** Each time that the office opened a withheld name. */
	openings: z.array(z.object({ at: moment, by: party, reason: z.string() })),
	requests: z.array(request),
	messages: z.array(message),
	arrivals: z.array(arrival),
	chat_messages: z.array(chatMessage),
	files: z.array(file),
	timeline: z.array(entry),
	/** E-mails to the reporter. None contains text of the report. */
	emails: z.array(z.object({ subject: z.string(), written_at: moment, sent_at: moment.nullable() }))
});

/**
 * The copy of everything that is held about a reporter in one report, and in the reports that were split off from it.
 * This is the shape of `salinan.json`. A change that removes or renames a value counts `version` up. `caseCopy` parses
 * its result with this schema, so a value that is not named here never leaves the site.
 */
export const caseCopySchema = z.object({
	format: z.literal('spatula-case-copy'),
	version: z.literal(1),
	made_at: moment,
	reports: z.array(report).min(1)
});

export type CaseCopy = z.output<typeof caseCopySchema>;
export type CopiedReport = CaseCopy['reports'][number];
export type CopiedRequest = z.output<typeof request>;
export type CopiedFile = CopiedReport['files'][number];
