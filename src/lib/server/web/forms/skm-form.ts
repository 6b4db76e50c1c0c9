import { error, redirect, type RequestEvent } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { type Unit, openOffice } from '#lib/server/people/units/find-unit.ts';
import { skmOffice } from '#lib/server/skm/office.ts';
import { hasSkmResults, skmPublicationsOf } from '#lib/server/skm/publications.ts';
import { submitSkm } from '#lib/server/skm/submit.ts';
import { OTHER_LANGUAGE } from '#lib/ui/form/form-state.ts';
import { asForm, asPage } from '../http/error-responses.ts';
import { forgetPages } from '../http/forget-pages.ts';
import { readForm, writtenText } from '../http/form.ts';
import { serviceChoices } from './select-options.ts';
import { hiddenFields, isDoubtful } from './bot-check.ts';

/** The error page of an office without a survey, with links to what the office does offer. */
function noSurvey(unit: Pick<Unit, 'slug' | 'name'>): never {
	error(404, {
		title: m.skm_off_title(),
		message: m.skm_off({ unit: unit.name }),
		next: { href: `/${unit.slug}`, label: m.citizen_form_back() }
	});
}

/** Data of the survey's form: the decision it is based on, and whether results are published. */
export async function skmFormPage({ params, locals }: RequestEvent<{ unit: string }>) {
	const unit = await asPage(() => openOffice(params.unit, locals.actor));
	const office = await skmOffice(unit.id);
	if (!office) noSurvey(unit);
	const [services, results, hidden] = await Promise.all([
		serviceChoices(unit.id, locals.lang),
		hasSkmResults(unit.id),
		hiddenFields({ locals })
	]);
	return { formId: 'isian', hidden, office, services, results };
}

export async function receiveSkm(event: RequestEvent<{ unit: string }>) {
	const { data, typed } = await readForm(event.request);
	const unit = await asPage(() => openOffice(event.params.unit, event.locals.actor), writtenText({ typed }));
	if (OTHER_LANGUAGE in typed) return { issues: [], typed };
	return asForm(typed, async () => {
		await submitSkm(
			{ ...data, unit: unit.slug },
			{ held: await isDoubtful(event, typed, 'survey'), visitor: event.locals.actor }
		);
		forgetPages(event.cookies);
		return redirect(303, `/${unit.slug}/skm/terima-kasih`);
	});
}

export async function skmThanksPage({ params, locals }: RequestEvent<{ unit: string }>) {
	const unit = await asPage(() => openOffice(params.unit, locals.actor));
	return { results: await hasSkmResults(unit.id) };
}

/** The published results of an office: the chosen or the latest period in full, and the other periods to choose. */
export async function skmResultsPage({ params, url, locals }: RequestEvent<{ unit: string }>) {
	const unit = await asPage(() => openOffice(params.unit, locals.actor));
	const [publications, office] = await Promise.all([skmPublicationsOf(unit), skmOffice(unit.id)]);
	if (!office && publications.length === 0) noSurvey(unit);
	const standing = publications.flatMap(({ figures, ...rest }) => (figures ? [{ ...rest, figures }] : []));
	const chosen = standing.find(({ id }) => id === url.searchParams.get('terbitan')) ?? standing[0] ?? null;
	return {
		chosen,
		others: publications
			.filter(({ id }) => id !== chosen?.id)
			.map(({ id, period, figures, withdrawnOn }) => ({ id, period, n: figures?.n ?? null, withdrawnOn })),
		open: office !== undefined
	};
}
