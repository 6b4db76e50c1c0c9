import { redirect } from '@sveltejs/kit';
import { changeClosing, ownClosing } from '#lib/server/reporters/closing.ts';
import { REPORTER_LETTERS } from '#lib/server/reporters/letter.ts';
import { sampleLetter } from '#lib/server/reporters/events.ts';
import { unitForAdmin, unitsForAdmin } from '#lib/server/people/units/units.ts';
import { asForm, asPage } from '#lib/server/web/http/answers.ts';
import { readForm } from '#lib/server/web/http/form.ts';
import { signedIn } from '#lib/server/web/http/signed-in.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const units = await unitsForAdmin(actor);
		const unit = await unitForAdmin(actor, url.searchParams.get('unit') ?? units[0]?.code ?? '');
		const language = url.searchParams.get('language') === 'en' ? ('en' as const) : ('id' as const);
		const kind = REPORTER_LETTERS.find((one) => one === url.searchParams.get('kind')) ?? 'received';
		const [sample, closing] = await Promise.all([sampleLetter(unit, kind, language), ownClosing(unit.id, language)]);
		return {
			...{ sample, kind, language, kinds: REPORTER_LETTERS, closing: closing ?? '' },
			unit: { code: unit.code, name: unit.name },
			units: units.map(({ code, name }) => ({ code, name }))
		};
	});

export const actions = {
	/** For which office and language stands in the address, which a refused form keeps. */
	closing: async ({ locals, request, url }) => {
		const { data, typed } = await readForm(request);
		return asForm(typed, async () => {
			const actor = signedIn(locals);
			const chosen = (name: string) => url.searchParams.get(name) ?? '';
			const unit = await unitForAdmin(actor, chosen('unit'));
			await changeClosing(actor, unit, { ...data, language: chosen('language') });
			const kept = { unit: unit.code, language: chosen('language'), kind: chosen('kind') };
			redirect(303, `/admin/mail/letters?${new URLSearchParams({ ...kept, saved: '' })}`);
		});
	}
};
