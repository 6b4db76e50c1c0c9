import type { RequestEvent } from '@sveltejs/kit';
import { formatDateTime, formatDay, formatWeekday } from '#lib/calendar/format.ts';
import type { Weekday } from '#lib/calendar/days.ts';
import type { OwnData } from '#lib/privacy/own-data.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import { formatNumber } from '#lib/text/numbers.ts';
import { predicateOf } from '#lib/words/audit.ts';
import { actingRole, actingTerms, roleWord, scopeWord } from '#lib/words/office.ts';
import { rangeWord, scoreWord } from '#lib/words/rating.ts';
import { SCORES } from '#lib/ratings/vocabulary.ts';
import { NotFound } from '#lib/server/errors.ts';
import { copyJson } from '#lib/server/privacy/copy/case-copy.ts';
import { ownData } from '#lib/server/privacy/copy/own-data.ts';
import { download } from '../http/file-response.ts';
import { withActor } from '../http/staff-page.ts';
import { consentFacts } from './case-copy-pdf.ts';
import { drawRequests } from './copied-messages.ts';
import { drawTable, ensureSpace, facts, heading, joined, paragraph, titledPdf, yesNo, type Pdf } from './paper.ts';

/** The signed-in person's own data as a download: `data-saya.pdf` or `data-saya.json`. @throws NotFound for others */
export const ownDataResponse = withActor(async (actor, { locals, params }: RequestEvent<{ file: string }>) => {
	const { file } = params;
	if (file === 'data-saya.json') return download(copyJson(await ownData(actor, 'json')), 'application/json', file);
	if (file !== 'data-saya.pdf') throw new NotFound(file);
	return download(await ownDataPdf(await ownData(actor, 'pdf'), locals.lang), 'application/pdf', file);
});

function ownDataPdf(data: OwnData, lang: Locale): Promise<Buffer> {
	const { account, officer, former_officers: former, time_zone: zone } = data;
	const title = m.copy_own_title();
	const name = officer?.office ?? account.roles[0]?.office ?? m.app_name();
	const time = (at: Date) => formatDateTime(at, zone);
	const draw = (pdf: Pdf) => {
		paragraph(pdf, m.copy_own_pdf_lead());
		drawAccount(pdf, data, time);
		drawRequests(pdf, account.requests, (at) => at && time(at));
		if (officer) drawOfficer(pdf, officer, time);
		for (const one of former) drawOfficer(pdf, { ...one, questions: [] }, time);
	};
	const foot = m.copy_foot({ reference: account.name, at: time(data.made_at) });
	const office = { name, address: null, phone: null, email: null };
	return titledPdf({ office, title, lang }, draw, (page, count) => `${foot} · ${page}/${count}`);
}

function drawAccount(pdf: Pdf, { account, officer }: OwnData, time: (at: Date) => string): void {
	heading(pdf, m.common_account());
	facts(pdf, [
		[m.common_name(), account.name],
		[m.login_username(), account.username],
		[m.common_email(), account.email],
		[m.copy_own_proven(), account.proven_email],
		[m.copy_own_active(), yesNo(account.active)],
		[m.copy_own_created(), time(account.created_at)],
		[m.copy_own_used(), account.used_at && time(account.used_at)],
		[m.copy_own_password(), yesNo(account.has_password)],
		[m.account_code_title(), account.second_factor_since && time(account.second_factor_since)],
		[m.term_roles(), account.roles.map(({ role, office }) => `${roleWord(role)}, ${office}`).join('\n')],
		[
			m.acting_title(),
			account.acting_roles
				.map(({ role, office, kind, order, from, to }) =>
					joined(actingRole(kind, role), office, actingTerms({ order, fromDay: from, toDay: to }))
				)
				.join('\n')
		],
		[m.sso_title(), account.single_sign_on && joined(account.single_sign_on.issuer, account.single_sign_on.subject)],
		[m.copy_own_sessions(), account.sessions.map((one) => joined(one.device, time(one.expires_at))).join('\n')],
		[
			m.copy_own_notice_devices(),
			account.notice_devices
				.map(({ device, created_at: since, last_sent_at: last }) => joined(device, time(since), last && time(last)))
				.join('\n')
		],
		[
			m.common_page_tokens(),
			account.tokens
				.map(({ name, scopes }) => joined(name, scopes.map((scope) => scopeWord(scope)).join(', ')))
				.join('\n')
		],
		[m.copy_own_absences(), account.absences.map(({ from, to }) => `${formatDay(from)} – ${formatDay(to)}`).join('\n')],
		[m.copy_own_emails_off(), formatNumber(account.emails_switched_off.length)]
	]);
	if (account.log.length === 0) return;
	heading(pdf, m.copy_own_log());
	drawTable(pdf, {
		columns: [
			{ label: m.common_time(), width: 2 },
			{ label: m.copy_event(), width: 4 }
		],
		rows: account.log.map(({ at, action, by_account: byAccount }) => {
			const subject = action.startsWith('officer.') && officer ? officer.name : account.username;
			return { cells: [time(at), predicateOf(action, subject, byAccount)] };
		})
	});
}

function drawOfficer(pdf: Pdf, officer: NonNullable<OwnData['officer']>, time: (at: Date) => string): void {
	const { reports, ratings, shifts, visits, questions } = officer;
	heading(pdf, m.term_officer());
	facts(pdf, [
		[m.common_name(), officer.name],
		[m.admin_officer_position(), officer.position],
		[m.citizen_case_office(), officer.office],
		[m.copy_own_active(), yesNo(officer.active)],
		[m.copy_own_photo(), yesNo(officer.has_photo)],
		...consentFacts(officer.photo_consents, time),
		[m.copy_own_searched(), officer.searched_names.join(', ')],
		[m.copy_own_visits(), visits.map(({ year, count }) => `${year}: ${formatNumber(count)}`).join('\n')],
		[
			m.copy_own_shifts(),
			shifts
				.map(({ place, day, weekday, starts_at: from, ends_at: to }) => {
					const when = day ? formatDay(day) : weekday && formatWeekday(weekday as Weekday);
					return joined(place, when || '', `${from}–${to}`);
				})
				.join('\n')
		]
	]);
	if (officer.photo) drawPortrait(pdf, Buffer.from(officer.photo, 'base64'));
	heading(pdf, m.copy_own_reports());
	paragraph(pdf, m.copy_own_reports_note({ date: formatDay(reports.as_of) }));
	facts(pdf, [
		[m.copy_own_open(), formatNumber(reports.open)],
		[m.copy_answered_at(), formatNumber(reports.answered)],
		[m.copy_archived_at(), formatNumber(reports.archived)]
	]);
	for (const { question, answer } of questions) {
		heading(pdf, m.copy_own_question());
		paragraph(pdf, question);
		if (answer) paragraph(pdf, `${m.me_clarify_answer()}: ${answer}`);
	}
	heading(pdf, m.copy_own_ratings());
	paragraph(pdf, m.copy_own_ratings_note());
	facts(pdf, [
		[m.insight_months_n(), formatNumber(ratings.counted)],
		[m.me_range_title(), ratings.range && rangeWord(ratings.range)],
		...SCORES.map((score): [string, string] => [scoreWord(score), formatNumber(ratings.distribution[score - 1] ?? 0)]),
		...ratings.comments.flat().map(({ text }): [string, string] => [m.copy_own_comment(), text]),
		...ratings.objections.map(({ comment, words, answer }): [string, string] => [
			m.me_contest_yours(),
			joined(comment, words, answer)
		])
	]);
}

/** Side of the printed portrait in points. */
const PORTRAIT = 110;

function drawPortrait(pdf: Pdf, jpeg: Buffer): void {
	ensureSpace(pdf, PORTRAIT + 8);
	pdf.image(jpeg, pdf.page.margins.left, pdf.y + 4, { fit: [PORTRAIT, PORTRAIT] });
	pdf.y += PORTRAIT + 8;
}
