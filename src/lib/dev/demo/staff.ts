import type { Role } from '#lib/cases/vocabulary.ts';
import { DEMO_OFFICES, type OfficeSlug } from './offices.ts';

export interface DemoPerson {
	username: string;
	name: string;
	office: OfficeSlug;
	roles: readonly Role[];
	/** Number of the account's officer; 0: the head, who is not rated but may be named in a case. */
	officer?: number;
}

const placeName = (name: string): string => name.replace(/^BPS (Kabupaten |Provinsi )?/, '');

/** One handler and one supervisor in each office. The province and Mamuju have every role, and some twice. */
export const DEMO_PEOPLE: readonly DemoPerson[] = DEMO_OFFICES.flatMap(({ slug, name, firstOfficer }) => {
	const officeName = placeName(name);
	const person = (start: string, title: string, roles: readonly Role[], officer?: number): DemoPerson => ({
		username: `${start}.${slug}`,
		name: `${title} Contoh ${officeName}`,
		office: slug,
		roles,
		officer
	});
	const everywhere = [
		person('penyelia', 'Penyelia', ['supervisor'], slug === 'mamuju' ? 0 : undefined),
		person('penangan', 'Penangan', ['handler'])
	];
	if (slug !== 'sulbar' && slug !== 'mamuju') return everywhere;
	return [
		person('administrator', 'Administrator', ['admin']),
		...everywhere,
		person('penyelia2', 'Penyelia Kedua', ['supervisor']),
		// In Mamuju the second handler is also an officer, so this account can't see cases that name the officer.
		person('penangan2', 'Penangan Kedua', ['handler'], slug === 'mamuju' ? firstOfficer + 5 : undefined),
		person('pimpinan', 'Pimpinan', ['manager']),
		{ ...person(`petugas${firstOfficer}`, 'Petugas', [], firstOfficer), name: `Petugas Contoh ${firstOfficer}` }
	];
});

/**
 * The account of each person in the stories, without the slug of the story's office. A name with a dot is an account
 * of the province.
 */
const ACCOUNT_OF = {
	handler: 'penangan',
	handler2: 'penangan2',
	head: 'penyelia',
	deputy: 'penyelia2',
	provinceHead: 'penyelia.sulbar',
	provinceDeputy: 'penyelia2.sulbar',
	provinceHandler: 'penangan.sulbar'
};
export type StoryPerson = keyof typeof ACCOUNT_OF;
export const STORY_PEOPLE = Object.keys(ACCOUNT_OF) as StoryPerson[];

/** The username of a person in an office's stories. */
export const usernameOf = (person: StoryPerson, office: OfficeSlug): string =>
	ACCOUNT_OF[person].includes('.') ? ACCOUNT_OF[person] : `${ACCOUNT_OF[person]}.${office}`;
