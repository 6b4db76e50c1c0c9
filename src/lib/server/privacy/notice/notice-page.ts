import type { Locale } from '#lib/paraglide/runtime.js';
import type { LocalDate } from '#lib/calendar/days.ts';
import { NOTICE_DATE, NOTICE_VERSIONS } from '#lib/privacy/notice.ts';
import { NotFound } from '#lib/server/errors.ts';
import { findUnit, officeHeader, unitTree } from '#lib/server/people/units/find-unit.ts';
import { responsibleFor } from './responsible.ts';

/**
 * What /privasi shows, from memory: the text of a version, and the person responsible at the office from which the
 * reader came.
 * @param slug the office; null: the site, for which the first root is responsible
 * @param version the day from which the version was in force; null: the present one
 * @throws NotFound if the office or the version does not exist
 */
export async function noticePage(slug: string | null, version: LocalDate | null, lang: Locale) {
	const office = slug === null ? undefined : await findUnit(slug);
	if (slug !== null && !office) throw new NotFound(`office ${slug}`);
	const date = version ?? NOTICE_DATE;
	const text = NOTICE_VERSIONS.get(date);
	if (!text) throw new NotFound(`notice of ${date}`);
	const responsible = office ?? (await unitTree())[0];
	return {
		unit: office && (await officeHeader(office)),
		date,
		isCurrent: date === NOTICE_DATE,
		sections: text.sections.map(({ title, sentences }) => ({
			title: title[lang] ?? title.id,
			sentences: sentences.map((sentence) => sentence[lang] ?? sentence.id),
			lang: title[lang] ? lang : ('id' as const)
		})),
		versions: [...NOTICE_VERSIONS.keys()].filter((day) => day !== NOTICE_DATE),
		responsible: responsible && (await shownResponsible(responsible))
	};
}

/** Without the account, because everybody reads the page. */
async function shownResponsible({ id, name: office }: { id: string; name: string }) {
	const { name, contact } = await responsibleFor(id);
	return { office, name, contact };
}
