import { formatDate } from '#lib/calendar/format.ts';
import {
	fillIn,
	placeholdersIn,
	type Placeholder,
	type PlaceholderValues,
	type TemplateUse
} from '#lib/cases/placeholders.ts';
import { kindWord } from '#lib/words/cases.ts';
import { caseForActor, type CaseWithUnit } from '#lib/server/cases/find.ts';
import { reporterTurnEnds } from '#lib/server/cases/clocks/view-clocks.ts';
import { requireFilled } from '#lib/server/cases/answers/draft.ts';
import { templatesFor } from '#lib/server/cases/answers/templates.ts';
import { deskCaseOf, type DeskCase } from '#lib/server/cases/view.ts';
import { now } from '#lib/server/clock.ts';
import { invalid } from '#lib/server/errors.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { servicesOf, type OfferedService } from '#lib/server/people/units/services.ts';
import type { Locale } from '#lib/paraglide/runtime.js';
import { inLocale } from '#lib/server/in-locale.ts';
import type { FormResult } from '../http/error-responses.ts';
import { typedText } from './search-box-value.ts';

export type CaseTemplate = Awaited<ReturnType<typeof templatesOfCase>>[number];

/**
 * Templates of a case's office, filled in for the writer. A placeholder without a value stays, and the text can't be
 * sent while it has one.
 */
export async function templatesOfCase(actor: Actor, found: CaseWithUnit, shown: DeskCase) {
	const templates = await templatesFor(found.unit);
	if (templates.length === 0) return [];
	const [services, turnEnds] = await Promise.all([servicesOf(found.unit.id), reporterTurnEnds(found)]);
	const facts = { services, turnEnds, phone: found.unit.phone, writer: actor.name };
	const values = { id: valuesOf(shown, facts, 'id'), en: valuesOf(shown, facts, 'en') };
	return templates.map(({ id, use, language, name, body }) => {
		return { ...fillIn(body, values[language]), id, use, language, name };
	});
}

interface Facts {
	services: readonly OfferedService[];
	/** The reporter's deadline if a question were asked now. */
	turnEnds: Date | null;
	phone: string | null;
	writer: string;
}

function valuesOf(shown: DeskCase, facts: Facts, language: Locale): PlaceholderValues {
	const day = (at: Date | null | undefined) => (at ? formatDate(at, shown.unit.timeZone, language) : null);
	const running = shown.clocks.filter(({ name, state }) => name !== 'reporter_turn' && state === 'running');
	// The deadline of the answer. The first reply's deadline is met by this very message.
	const promised = running.find(({ name }) => name === 'solution') ?? running[0];
	const service = facts.services.find(({ kind }) => kind === shown.service);
	return {
		nomor: shown.reference,
		kantor: shown.unit.name,
		telepon_kantor: facts.phone,
		jenis_laporan: inLocale(language, () => kindWord(shown.kind)).toLocaleLowerCase(language),
		tanggal_laporan: day(shown.receivedAt),
		hari_ini: day(now()),
		layanan: (language === 'en' ? service?.nameEn : service?.name) ?? null,
		batas_waktu: day(promised?.dueAt),
		batas_pelapor: day(facts.turnEnds),
		nama_pelapor: shown.reporter?.name ?? null,
		petugas_penjawab: facts.writer,
		isian: null
	};
}

/** The field whose text the reporter reads, and the kind of templates for it. */
export interface TemplateField {
	field: 'body' | 'note';
	use: TemplateUse;
}

interface Sent {
	actor: Actor;
	reference: string;
	data: Record<string, unknown>;
	typed: FormResult['typed'];
}

/** The form with the template filled in. */
export interface FilledForm extends FormResult {
	template: { empty: Placeholder[] };
}

/**
 * "Pakai contoh" without scripts: the form is shown again with everything typed, and the template's text is appended to
 * its field.
 */
export async function insertTemplate(
	{ actor, reference, data, typed }: Sent,
	templateField: TemplateField
): Promise<FilledForm> {
	const found = await caseForActor(actor, reference);
	const templates = await templatesOfCase(actor, found, await deskCaseOf(actor, found));
	const chosen = templates.find(({ id, use }) => use === templateField.use && id === data.template);
	if (!chosen) throw invalid('template', 'template_choose');
	const before = typedText(typed, templateField.field).trimEnd();
	return {
		issues: [],
		typed: { ...typed, [templateField.field]: before ? `${before}\n\n${chosen.text}` : chosen.text },
		template: { empty: chosen.empty }
	};
}

/**
 * Refuses unfilled placeholders such as `{batas_waktu}` and headings without text. In a question, the reporter may fill in
 * headings.
 *
 * @throws Invalid `placeholder_open`
 */
export function requireNoPlaceholder(data: Sent['data'], { field, use }: TemplateField): void {
	const text = data[field];
	if (typeof text !== 'string') return;
	if (use !== 'question') return requireFilled(text, field);
	const names = placeholdersIn(text).map((name) => `{${name}}`);
	if (names.length > 0) throw invalid(field, 'placeholder_open', { names: names.join(', ') });
}
