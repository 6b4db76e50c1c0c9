import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import type { CopiedReport, CopiedRequest } from '#lib/privacy/case-copy.ts';
import { fileSize } from '#lib/text/numbers.ts';
import { channelWord } from '#lib/words/cases.ts';
import { requestKindWord, requestStateWord } from '#lib/words/requests.ts';
import { facts, heading, joined, paragraph, small, type Pdf } from './paper.ts';

type Time = (at: Date | null) => string | null;

/** Draws the reporter's messages as they arrived by a channel, and the messages to the reporter by WhatsApp and SMS. */
export function drawArrivals(
	pdf: Pdf,
	{ arrivals, chat_messages: chats }: CopiedReport,
	time: Time,
	lang: Locale
): void {
	if (arrivals.length > 0) heading(pdf, m.copy_arrivals());
	for (const { at, channel, sender, subject, text, quoted, refused_files: refused, voice_notes: voices } of arrivals) {
		small(pdf, joined(channelWord(channel), time(at), sender?.name, sender?.number ?? sender?.address));
		for (const words of [subject, text]) if (words) paragraph(pdf, words);
		facts(pdf, [
			[m.incoming_quoted(), quoted],
			...voices.flatMap(({ name, bytes, sha256, transcript }): [string, string | null][] => [
				[m.incoming_voice(), joined(name, fileSize(bytes, lang), sha256)],
				[m.incoming_transcript(), transcript]
			])
		]);
		if (refused.length > 0) small(pdf, m.incoming_refused({ names: refused.join(', ') }));
		pdf.moveDown(0.5);
	}
	if (chats.length > 0) heading(pdf, m.copy_chats());
	for (const { channel, text, written_at: written, sent_at: sent } of chats) {
		small(pdf, joined(channelWord(channel), time(sent ?? written), sent ? null : m.copy_email_unsent()));
		paragraph(pdf, text).moveDown(0.5);
	}
}

/** Draws the requests about personal data, with what the person said. */
export function drawRequests(pdf: Pdf, requests: readonly CopiedRequest[], time: Time): void {
	if (requests.length > 0) heading(pdf, m.request_citizen_list());
	for (const request of requests) {
		const { number, kind, state, received_at: received, decided_at: decided } = request;
		small(pdf, joined(number, requestKindWord(kind), time(received)));
		facts(pdf, [
			[m.request_words(), request.left_out ? m.copy_left_out() : request.words],
			[m.request_new_contact(), joined(request.email, request.phone)],
			[m.request_person(), request.person],
			[m.request_outcome(), joined(requestStateWord(state), time(decided))],
			[m.request_column_ground(), request.ground],
			[m.common_reason(), request.reason]
		]);
		pdf.moveDown(0.5);
	}
}
