import { isLocale } from '#lib/paraglide/runtime.js';
import { NotFound } from '#lib/server/errors.ts';
import { findUnit } from '#lib/server/people/units/find-unit.ts';
import { linkPreview } from '#lib/server/web/documents/link-preview.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';
import { pictureResponse } from '#lib/server/web/http/file-response.ts';

/** The picture of an office in the preview of a link. An address of an earlier card gets the present one. */
export const GET = ({ params, url }) =>
	asPage(async () => {
		const unit = await findUnit(params.unit);
		const lang = params.card.replace(/-[^-]*$/, '');
		if (!unit || !isLocale(lang)) throw new NotFound();
		const { path, picture } = await linkPreview(unit, lang);
		return pictureResponse(await picture(), { immutable: path === url.pathname });
	});
