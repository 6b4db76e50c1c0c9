import { m } from '#lib/paraglide/messages.js';
import type { SetupExtra, SetupLack, SetupStep } from '#lib/server/insight/setup-steps.ts';

export const lackWord = (lack: SetupLack): string => m[`setup_lack_${lack}`]();

/** The words of several lacks, with how many accounts lack a password. */
export const lackWords = (lacks: readonly SetupLack[], withoutPassword: number): string =>
	lacks.map((lack) => (lack === 'passwords' ? `${lackWord(lack)}: ${withoutPassword}` : lackWord(lack))).join(', ');

export const extraWord = (extra: SetupExtra['extra'], count: number): string => m[`setup_extra_${extra}`]({ count });

/** Where the sheets of the office are printed. */
export const sheetsPage = (code: string): string => `/admin/places?unit=${code}#lembar`;

/** Page on which an extra is added. The server's operator does the others. */
export const extraPage = (extra: SetupExtra['extra'], code: string): string | undefined =>
	({
		head: `/admin/units/${code}?mulai=${code}#headOfficerId`,
		accounts: `/admin/officers?unit=${code}`,
		consents: `/admin/officers?unit=${code}`,
		encryption: undefined
	})[extra];

/** What was done in the section that opens the office, by the value of `saved` in the address. */
const DONE = {
	opened: m.setup_saved_opened,
	closed: m.setup_saved_closed,
	trial_started: m.trial_saved_started,
	trial_ended: m.trial_saved_ended
};
export type DoneStep = keyof typeof DONE;
export const doneWord = (saved: string): string | undefined =>
	Object.hasOwn(DONE, saved) ? DONE[saved as DoneStep]() : undefined;

interface StepWords {
	title: string;
	why: string;
	/** Pages on which the step is done, the one for what is missing first. */
	links: { href: string; label: string }[];
}

/**
 * Title, reason and pages of a step. A form with `mulai` in its address returns to the path. The others open what they
 * made or show its result, from where a link leads back to the path.
 */
export function stepWords(
	{ step, lacks }: { step: SetupStep; lacks: SetupLack[] },
	{ code, otherOffices }: { code: string; otherOffices: boolean }
): StepWords {
	const here = `unit=${code}&mulai=${code}`;
	switch (step) {
		case 'office':
			return {
				title: m.setup_step_office(),
				why: m.setup_why_office(),
				links: [
					{ href: `/admin/units/${code}?mulai=${code}`, label: m.setup_do_office() },
					{ href: `/admin/units/${code}/logo?mulai=${code}`, label: m.setup_do_logo() },
					{ href: `/admin/units/new?mulai=${code}`, label: m.setup_do_offices() },
					{ href: `/admin/csv/units?mulai=${code}`, label: m.import_link() }
				]
			};
		case 'people':
			return {
				title: m.setup_step_people(),
				why: m.setup_why_people(),
				links: [
					...(lacks.includes('passwords') ? [{ href: '/admin/people/invite', label: m.invite_title() }] : []),
					{ href: `/admin/people/new?unit=${code}`, label: m.admin_account_add() },
					{ href: `/admin/csv/people?mulai=${code}`, label: m.import_link() },
					{ href: '/admin/people', label: m.common_page_people() }
				]
			};
		case 'officers':
			return {
				title: m.common_page_officers(),
				why: m.setup_why_officers(),
				links: [
					{ href: `/admin/officers/new?${here}`, label: m.admin_officer_add() },
					{ href: `/admin/csv/officers?mulai=${code}`, label: m.import_link() },
					{ href: `/admin/officers?unit=${code}`, label: m.common_page_officers() }
				]
			};
		case 'services': {
			const add = { href: `/admin/services/new?${here}`, label: m.admin_service_add() };
			const example = { href: `/admin/services/new?${here}&contoh=on`, label: m.example_link() };
			const copy = otherOffices ? [{ href: `/admin/services/copy?mulai=${code}`, label: m.copy_services_link() }] : [];
			const list = { href: '/admin/services', label: m.common_page_services() };
			return {
				title: m.setup_step_services(),
				why: m.setup_why_services(),
				links: lacks.includes('standard') ? [list, add, ...copy] : [add, example, ...copy, list]
			};
		}
		case 'places':
			return {
				title: m.common_page_places(),
				why: m.setup_why_places(),
				links: [
					{ href: `/admin/places/new?unit=${code}`, label: m.admin_place_add() },
					{ href: `/admin/csv/places?mulai=${code}`, label: m.import_link() },
					...(lacks.length === 0 ? [{ href: sheetsPage(code), label: m.admin_sheets() }] : [])
				]
			};
		case 'channels':
			return {
				title: m.channels_page(),
				why: m.channels_lead(),
				links: [{ href: '/admin/channels', label: m.setup_do_channels() }]
			};
		case 'mail':
			return {
				title: m.common_email(),
				why: m.setup_why_mail(),
				links: [
					{
						href: '/admin/mail#trial',
						label: lacks.includes('mail_server') ? m.mail_outbox() : m.mail_trial_send()
					}
				]
			};
		case 'lapor':
			return {
				title: m.term_lapor(),
				why: m.setup_why_lapor(),
				links: [{ href: '/admin/lapor', label: m.setup_do_lapor() }]
			};
		case 'backup':
			return {
				title: m.backup_page(),
				why: m.setup_why_backup(),
				links: [{ href: '/admin/backup', label: m.backup_page() }]
			};
		case 'key':
			return { title: m.setup_step_key(), why: m.setup_why_key(), links: [] };
	}
}
