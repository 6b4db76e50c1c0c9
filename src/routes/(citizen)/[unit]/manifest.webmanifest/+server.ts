import { m } from '#lib/paraglide/messages.js';
import { NotFound } from '#lib/server/errors.ts';
import { findUnit, logoOf } from '#lib/server/people/units/find-unit.ts';
import { asPage } from '#lib/server/web/http/error-responses.ts';

const ICONS = [
	{ name: '192', size: 192, purpose: 'any' },
	{ name: '512', size: 512, purpose: 'any' },
	{ name: 'maskable-512', size: 512, purpose: 'maskable' }
];

/** `Dinas Sosial Contoh` for `Dinas Sosial Kabupaten Contoh`: phones show about a dozen letters below an icon. */
const shortName = (name: string) => name.replace(/\b(?:Kabupaten|Kota|Provinsi)\s+/g, '');

/** The office as an app on the home screen of a phone. It starts at the office page. */
export const GET = ({ params, locals }) =>
	asPage(async () => {
		const unit = await findUnit(params.unit);
		if (!unit) throw new NotFound();
		const { name, slug, accent } = unit;
		const logo = await logoOf(unit);
		const manifest = {
			id: `/${slug}`,
			lang: locals.lang,
			name,
			short_name: shortName(name),
			description: m.citizen_office_description({ unit: name }),
			start_url: `/${slug}`,
			// Reports are tracked outside of the office's pages.
			scope: '/',
			display: 'standalone',
			theme_color: accent,
			background_color: '#ffffff',
			icons: ICONS.map(({ name: icon, size, purpose }) => ({
				src: logo ? `/berkas/logo/${logo.hash}/${icon}` : `/icon-${icon}.png`,
				sizes: `${size}x${size}`,
				type: 'image/png',
				purpose
			}))
		};
		return new Response(JSON.stringify(manifest), { headers: { 'content-type': 'application/manifest+json' } });
	});
