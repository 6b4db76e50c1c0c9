import { baseLocale, toLocale } from '#lib/paraglide/runtime.js';
import { changeClosing, ownClosing } from '#lib/server/reporters/mail-closing-line.ts';
import { REPORTER_MAIL_KINDS } from '#lib/server/reporters/compose-mail.ts';
import { sampleMail } from '#lib/server/reporters/sample-mail.ts';
import { unitForAdmin, unitsForAdmin } from '#lib/server/people/units/units.ts';
import { formAction, withActor } from '#lib/server/web/http/staff-page.ts';

export const load = withActor(async (actor, { url }) => {
	const units = await unitsForAdmin(actor);
	const unit = await unitForAdmin(actor, url.searchParams.get('unit') ?? units[0]?.code ?? '');
	const language = toLocale(url.searchParams.get('language') ?? '') ?? baseLocale;
	const kind = REPORTER_MAIL_KINDS.find((one) => one === url.searchParams.get('kind')) ?? 'received';
	const [sample, closing] = await Promise.all([sampleMail(unit, kind, language), ownClosing(unit.id, language)]);
	return {
		sample,
		kind,
		language,
		kinds: REPORTER_MAIL_KINDS,
		closing: closing ?? '',
		unit: { code: unit.code, name: unit.name },
		units: units.map(({ code, name }) => ({ code, name }))
	};
});

export const actions = {
	/** Office and language are in the address, so that a refused form keeps them. */
	closing: formAction(async (actor, { data }, { url }) => {
		const chosen = (name: string) => url.searchParams.get(name) ?? '';
		const unit = await unitForAdmin(actor, chosen('unit'));
		await changeClosing(actor, unit, { ...data, language: chosen('language') });
		const kept = { unit: unit.code, language: chosen('language'), kind: chosen('kind') };
		return `/admin/mail/texts?${new URLSearchParams({ ...kept, saved: '' })}`;
	})
};
