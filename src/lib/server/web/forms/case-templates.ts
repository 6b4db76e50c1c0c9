import { formatDate } from '#lib/calendar/format.ts';
import { fillIn, type Placeholder, type PlaceholderValues, type TemplateLanguage } from '#lib/cases/placeholders.ts';
import { kindWord } from '#lib/words/cases.ts';
import { caseForActor } from '#lib/server/cases/find.ts';
import { pauseAheadOf } from '#lib/server/cases/clocks/pause-ahead.ts';
import { templatesFor, type Template } from '#lib/server/cases/answers/templates.ts';
import type { DeskCase } from '#lib/server/cases/view.ts';
import { now } from '#lib/server/clock.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { servicesOf, type OfferedService } from '#lib/server/people/units/offered-services.ts';
import { inLocale } from '#lib/server/in-locale.ts';

/** A template filled in with the values of a case. */
export interface CaseTemplate extends Pick<Template, 'id' | 'use' | 'language' | 'name'> {
	text: string;
	/** Placeholders without a value; they stay in the text, which can't be sent with them. */
	empty: Placeholder[];
}

/** Values besides those of the case. */
interface Facts {
	services: readonly OfferedService[];
	/** End of the reporter's turn if they were asked now. */
	turnEnds: Date | null;
	phone: string | null;
	writer: string;
}

/** Templates for a case's office, filled in for the writer. */
export async function templatesOfCase(actor: Actor, shown: DeskCase): Promise<CaseTemplate[]> {
	const found = await caseForActor(actor, shown.reference);
	const [templates, services, { until }] = await Promise.all([
		templatesFor(found.unit),
		servicesOf(found.unit.id),
		pauseAheadOf(found)
	]);
	const facts = { services, turnEnds: until, phone: found.unit.phone, writer: actor.name };
	return templates.map(({ id, use, language, name, body }) => ({
		...fillIn(body, valuesOf(shown, facts, language)),
		id,
		use,
		language,
		name
	}));
}

function valuesOf(shown: DeskCase, facts: Facts, language: TemplateLanguage): PlaceholderValues {
	const day = (at: Date | null | undefined) => (at ? formatDate(at, shown.unit.timeZone, language) : null);
	const owed = shown.clocks.filter(({ name, state }) => name !== 'reporter_turn' && state === 'running');
	// The deadline of the answer, not of the first reply, which this message itself meets.
	const promised = owed.find(({ name }) => name === 'solution') ?? owed[0];
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
