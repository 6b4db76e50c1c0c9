/**
 * Who may open and submit to each route of the site. A test fails if a route of `src/routes` is missing here, or if a
 * route here no longer exists.
 */
export const PERSONS = {
	stranger: null,
	handler: 'penangan.mamuju',
	/** Works at another office. */
	foreign: 'penangan.majene',
	/** A handler of the office who is also the officer named by the case. */
	named: 'penangan2.mamuju',
	supervisor: 'penyelia.sulbar',
	manager: 'pimpinan.mamuju',
	/** Administrator of the unit above the records in the addresses. */
	admin: 'administrator.sulbar',
	/** Administrator of another office than the records'. */
	foreignAdmin: 'administrator.mamuju',
	officer: 'petugas1.mamuju'
} as const;
export type Person = keyof typeof PERSONS;

const everyone = Object.keys(PERSONS) as Person[];
const nobody: Person[] = [];
const signedIn = everyone.filter((person) => person !== 'stranger');
const desk: Person[] = ['handler', 'foreign', 'named', 'supervisor'];
const office: Person[] = ['handler', 'named', 'supervisor'];
const ofCase: Person[] = ['handler', 'supervisor'];
const managers: Person[] = ['manager'];
const reporters: Person[] = [...managers, 'supervisor'];
const admins: Person[] = ['admin', 'foreignAdmin'];
const rootAdmin: Person[] = ['admin'];
const keepers: Person[] = [...admins, 'supervisor'];

const NONE = '00000000-0000-4000-8000-000000000000';

/**
 * Who may open and submit, and the routes as addresses. `[name=value]` is a parameter with its value, `{name}` the id
 * of a demo record, and `{reference}` and `{answered}` are cases.
 */
const TABLE: [may: Person[], addresses: string][] = [
	[
		everyone,
		`/ terima lacak lacak/keluar privasi login login/lupa logout lupakan.css healthz readyz q/[code=MMJKTK]
		[unit=mamuju] [unit=mamuju]/layanan [unit=mamuju]/nilai [unit=mamuju]/nilai/terima-kasih
		[unit=mamuju]/manifest.webmanifest [unit=mamuju]/tanpa-koneksi [unit=mamuju]/pengaduan [unit=mamuju]/permintaan [unit=mamuju]/saran`
	],
	// An office that runs the satisfaction survey, and an office that publishes its figures.
	[everyone, '[unit=mamuju]/skm [unit=mamuju]/skm/hasil [unit=mamuju]/skm/terima-kasih [unit=mamuju-tengah]/angka'],
	// The picture of an office in the preview of a link.
	[everyone, 'berkas/kartu/[unit=mamuju]/[card=id]'],
	// The photo of an officer who consented to it.
	[everyone, 'berkas/petugas/{ownOfficer}'],
	// Open to all callers, because each rating needs its device's signature, which these requests don't have.
	[everyone, 'kiosk/ratings'],
	// Redirects to the page of the report, which asks for the code.
	[everyone, 'lacak/laporan/bagian'],
	// Open on loopback, where the journeys run. From other addresses only with METRICS_TOKEN.
	[everyone, 'metrics'],
	// Pages that need a secret, which none of these people has.
	[
		nobody,
		`login/kode login/sso login/sso/kembali nilai/[token=tidak-ada] kiosk/[token=tidak-ada] sandi/[token=tidak-ada] terima/[token=tidak-ada] me/security/email/[token=tidak-ada] surel/[token=tidak-ada]
		me/refused kiosk kiosk/keluar kiosk/key kiosk/state lacak/laporan lacak/laporan/pesan lacak/laporan/penilaian
		lacak/laporan/sanggahan lacak/laporan/kabar lacak/laporan/surat/{file} lacak/laporan/salinan lacak/laporan/data
		lacak/laporan/salinan/[file=salinan.pdf] lacak/kontak/[token=tidak-ada] terima/bukti
		berkas/logo/[hash=tidak-ada] berkas/logo/[hash=tidak-ada]/[icon=192]`
	],
	// Every person's own pages. Who may decide access changes is tested in `people/access/changes.db.spec.ts`.
	[signedIn, 'me me/access me/security me/data me/data/[file=data-saya.pdf] desk/notices desk/live'],
	// Only the owner may open these. These people have no notice (see `notices.e2e.ts`), export or question.
	[nobody, `desk/notices/[id=${NONE}] desk/exports/{visit} me/questions/{visit}`],
	[
		desk,
		`desk desk/approvals desk/new desk/new/print desk/escalations desk/visits desk/views desk/exports
		desk/exports/file?format=csv desk/register desk/roster desk/unrecorded desk/unrecorded/next desk/digest desk/next
		desk/inbound desk/inbound/new desk/inbound/table desk/inbound/table/csv desk/messages`
	],
	[office, 'desk/messages/[id=1] desk/messages/[id=1]/presence'],
	// The messages of the demo have no file. Who may open one is tested in `channels/incoming/incoming-files.db.spec.ts`.
	[nobody, `desk/messages/files/[id=${NONE}]`],
	// Shows only permitted cases of those picked, here none.
	[desk, 'desk/bulk?verb=archive&pick={reference}:1'],
	// Each list decides which rows a person sees. The file may be empty.
	[
		desk,
		'desk/excel desk/approvals/excel desk/escalations/excel desk/unrecorded/excel desk/inbound/excel desk/visits/excel'
	],
	// LAPOR's public list of agencies, for people who forward.
	[desk, 'desk/institutions'],
	[office, 'desk/visits/{visit} desk/visits/{visit}/slip desk/register/excel?unit=mamuju&year=2026'],
	// Another office's desk. People who work there and supervisors above it read its roster.
	[['foreign', 'supervisor'], 'desk/roster/{desk}'],
	[
		ofCase,
		`berkas/{file} desk/inbound/{inbound} desk/escalations/{escalation} desk/cases/{reference}
		desk/cases/{answered}/letter/{letter}`
	],
	[
		ofCase,
		`answer approval archive assignment case-file clarification classification contact direct escalation hold link
		main-answer messages objection officers presence question receipt receipt-link reopen reporter-answer reveal sealed
		split unit unlink verification`.replace(/\S+/g, 'desk/cases/{reference}/$&')
	],
	// The register of data requests: people who decide or record them. Each list decides which rows a person sees.
	[[...desk, ...admins], 'admin/privacy/requests admin/privacy/requests/new admin/privacy/requests/excel'],
	[nobody, `admin/privacy/requests/[id=${NONE}] admin/privacy/requests/[id=${NONE}]/copy/[file=salinan.pdf]`],
	// Supervisors can be responsible for personal data: the one here is. Each page decides which rows a person sees.
	[keepers, 'admin/privacy admin/privacy/breaches'],
	[
		nobody,
		`admin/privacy/breaches/[id=${NONE}] admin/privacy/breaches/[id=${NONE}]/affected
		admin/privacy/breaches/[id=${NONE}]/letters/[to=dpo]`
	],
	// Only for restricted cases and by POST. This case is not restricted.
	[nobody, 'desk/cases/{reference}/sealed/pdf'],
	// Figures of cases are also for people who handle cases.
	[[...office, 'manager'], 'insight/cases?unit=mamuju insight/cases/excel?unit=mamuju'],
	// People of a single office are redirected from the list of units to their own page.
	[
		managers,
		`insight?unit=mamuju insight/pdf?unit=mamuju insight/officers?unit=mamuju insight/officers/excel?unit=mamuju
		insight/ratings?unit=mamuju insight/ratings/excel?unit=mamuju insight/skm?unit=mamuju
		insight/skm/excel?unit=mamuju insight/units/excel?unit=mamuju insight/skm/answers?unit=mamuju
		insight/skm/publish?unit=mamuju insight/units?unit=mamuju insight/units/[unit=mamuju]
		insight/officers/{ownOfficer} insight/method insight/review`
	],
	// Supervisors file the periodic reports of their office, even if they are not managers.
	[
		reporters,
		`insight/recap?unit=mamuju insight/recap/[unit=mamuju]/[period=2026-01]
		insight/recap/[unit=mamuju]/[period=2026-01]/pdf insight/recap/[unit=mamuju]/[period=2026-01]/excel`
	],
	[
		admins,
		`admin admin/calendar admin/calendar/[year=2026] admin/calendar/[year=2026]/csv admin/channels admin/csv/[list=people] admin/deadlines admin/lapor
		admin/lapor/options admin/links admin/log admin/log/csv admin/mail admin/mail/texts admin/officers admin/officers/new
		admin/mulai admin/people admin/people/new admin/people/invite admin/places admin/places/new admin/routing admin/routing/try admin/services
		admin/services/new admin/services/copy admin/skm admin/tokens admin/tokens/new admin/units admin/units/new`
	],
	// Supervisors of the units above get the fingerprints of the log and compare them.
	[[...rootAdmin, 'supervisor'], 'admin/log/integrity'],
	// Every administrator may read the rules. That only those of a root unit may change them is tested in the domain.
	[admins, 'admin/deadlines/[key={rule}]'],
	[
		rootAdmin,
		`admin/channels/[channel=email]/[code=7601] admin/health admin/ratings admin/lapor/status admin/backup admin/lapor/[code=7601]
		admin/lapor/[code=7601]/targets admin/officers/{officer} admin/officers/{officer}/photo/file admin/officers/{officer}/photo
		admin/officers/{officer}/consent admin/people/{account}
		admin/people/{account}/hand-over
		admin/places/{place} admin/places/{place}/sheet/[file=a4.pdf] admin/places/sheets/[file=a4.pdf]?unit=7601 admin/places/{desk}/roster admin/routing/words
		admin/routing/new?unit=7601 admin/routing/{routing} admin/services/{service} admin/skm/[code=7601]
		admin/units/[code=7601] admin/units/[code=7601]/logo admin/units/[code=7601]/figures admin/mulai/[code=7601]`
	],
	[rootAdmin, 'admin/privacy/retention admin/privacy/retention/rules/[key=identity.complaint]'],
	// The journey of the destruction makes the only one. The domain checks who may see it.
	[
		nobody,
		`admin/privacy/retention/[id=${NONE}] admin/privacy/retention/[id=${NONE}]/excel admin/privacy/retention/[id=${NONE}]/pdf`
	],
	// No backup exists to download. The domain checks who may download one.
	[nobody, `admin/backup/[id=${NONE}]`],
	// Supervisors write the answer templates of their offices.
	[keepers, 'admin/templates admin/templates/new'],
	[['admin', 'supervisor'], 'admin/templates/{template}']
];

const routeOf = (address: string): string =>
	address
		.replace(/^\/|\?.*/g, '')
		.replace(/\[(\w+)=[^\]]*\]/g, '[$1]')
		.replace(/\{(reference|answered)\}/g, '[reference]')
		.replace(/\{\w+\}/g, '[id]');

/** For each route: who may use it, and its address, in which `{name}` stands for a demo record. */
export const ROUTES: Record<string, { may: Person[]; at?: string }> = Object.fromEntries(
	TABLE.flatMap(([may, addresses]) =>
		addresses
			.split(/\s+/)
			.map((one) => [routeOf(one), { may, at: `/${one.replace(/^\//, '').replace(/\[\w+=([^\]]*)\]/g, '$1')}` }])
	)
);

/** The address of a route, with each `{name}` replaced by the id of a record. */
export const addressOf = (route: string, known: Record<string, string>): string =>
	(ROUTES[route]?.at ?? `/${route}`).replace(/\{(\w+)\}/g, (_, name: string) => known[name] ?? 'missing');
