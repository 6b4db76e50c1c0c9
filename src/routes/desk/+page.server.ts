import { readInboxChoice, statusesShown } from '#lib/cases/inbox-query.ts';
import { deskUnits } from '#lib/server/cases/desk-units.ts';
import { inbox, inboxCounts } from '#lib/server/cases/inbox.ts';
import { asPage } from '#lib/server/web/answers.ts';
import { signedIn } from '#lib/server/web/signed-in.ts';

export const load = ({ locals, url }) =>
	asPage(async () => {
		const actor = signedIn(locals);
		const choice = readInboxChoice(url.searchParams);
		const units = await deskUnits(actor);
		const unit = units.find((one) => one.slug === choice.unit);
		const [before, after] = [url.searchParams.get('before'), url.searchParams.get('after')];
		const [page, counts] = await Promise.all([
			inbox(
				actor,
				{ ...choice, status: statusesShown(choice), unitId: unit?.id },
				before ?? after ?? undefined,
				before ? 'newer' : 'older'
			),
			inboxCounts(actor)
		]);
		return {
			choice,
			counts,
			page,
			units: units.map(({ slug, name, depth }) => ({ slug, name, depth })),
			gone: url.searchParams.get('gone'),
			stored: url.searchParams.get('stored')
		};
	});
