const server = '^src/lib/server/';
const dev = '^src/lib/dev/';
/** Demo data and test support follow the rules of the code they belong to. */
const inside = '^src/lib/(server|dev)/';
const domain = (names) => `${server}(${names})/`;
/** Layers 3g to 3a of ARCHITECTURE.md. Each folder may import those of earlier lines, and none of its own line. */
const ORDER = [
	'channels|exports|ratings',
	'skm|escalation|reporters|live',
	'recap|privacy',
	'backup',
	'health',
	'staff-notices',
	'insight'
];
const observers = ORDER.join('|');
const tests = '\\.spec\\.ts$|/testing/';

/** One rule per layer of ARCHITECTURE.md: what it must not import, and where such code belongs. */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
	forbidden: [
		rule(
			'no-cycles',
			'Files must not import each other: merge them, or move the shared part to a third file.',
			{ pathNot: 'paraglide' },
			{ circular: true }
		),
		rule(
			'routes-without-database',
			'A route reads the input, makes one domain call and responds: put the query beside the verb in src/lib/server.',
			{ path: '^src/(routes/|hooks)' },
			{ path: `${server}db/` }
		),
		rule(
			'framework-only-in-web',
			'Code that imports SvelteKit belongs in src/lib/server/web, because scripts and tests run the domain without it.',
			{ path: inside, pathNot: `${server}web/` },
			{ path: '@sveltejs/kit|^\\$app/' }
		),
		rule(
			'web-only-from-above',
			'Only routes and hooks import src/lib/server/web. If domain code needs a rule from there, move the rule to the domain.',
			{ path: inside, pathNot: `${server}web/|${tests}` },
			{ path: `${server}web/` }
		),
		rule(
			'integrations-are-protocol-only',
			'An integration implements a protocol and returns values: the mapping belongs in the domain that calls it.',
			{ path: `${server}integrations/|${dev}lapor-sandbox/`, pathNot: tests },
			{ path: domain(`cases|${observers}|attachments|people|places|visits|calendar|db|web|jobs`) }
		),
		rule(
			'worker-only-from-web',
			'Jobs are enqueued by name (jobs/queue). The workers that run them are started with the site in web/site.ts.',
			{ path: inside, pathNot: `${server}(web|jobs)/` },
			{ path: `${server}jobs/worker` }
		),
		rule(
			'cases-know-no-observers',
			'A case never calls its observers: recordEvent enqueues case-event, and jobs/worker calls the observers.',
			{ path: domain('cases'), pathNot: tests },
			{ path: domain(observers) }
		),
		...ORDER.map((folders, line) =>
			rule(
				`order-of-observers-${line + 1}`,
				'The observers of cases import only those before them (ORDER in .dependency-cruiser.cjs): move the shared part to the ' +
					'first of the two. The text and occasion of a message belong in the folder of the feature that sends it. What a ' +
					'restore must not repeat belongs in the feature, and backup calls it.',
				{ path: domain(folders), pathNot: tests },
				{ path: domain(ORDER.slice(line).join('|')), pathNot: `${server}$1/` }
			)
		),
		rule(
			'foundations-know-no-cases',
			'Attachments, people, places, visits and the calendar know no cases: such code belongs in cases or above, which call these.',
			{ path: domain('attachments|people|places|visits|calendar'), pathNot: tests },
			{ path: domain(`cases|${observers}`) }
		),
		rule(
			'ground-knows-no-domain',
			'db, the reference data, uploads, the queue and the settings import no feature: such code belongs in the feature that calls it.',
			{ path: `${server}(db/|reference/|uploads/|jobs/(jobs|queue)|[a-z-]+\\.ts$)`, pathNot: tests },
			{ path: domain(`cases|${observers}|attachments|people|places|visits|calendar|web`) }
		),
		rule(
			'pure-stays-pure',
			'src/lib outside server runs in a browser: code that needs the server or Node belongs in src/lib/server.',
			{
				path: '^src/lib/(cases|ratings|recap|skm|places|visits|privacy|calendar|text|ui|words)/',
				pathNot: '\\.spec\\.ts$'
			},
			{ path: `${server}|^node:` }
		),
		rule(
			'kit-knows-no-cases',
			'src/lib/ui contains components without knowledge of cases: pass words from src/lib/words and rules from src/lib/cases as props.',
			{ path: '^src/lib/ui/', pathNot: '\\.spec\\.ts$' },
			{ path: '^src/(lib/(cases|ratings|recap|skm|places|visits|privacy|words|server)/|routes/)' }
		),
		rule(
			'route-areas-are-separate',
			"A route folder doesn't import from another one: shared parts belong in src/lib/ui or beside the domain.",
			{ path: '^src/routes/(?:\\(staff\\)/)?\\(?(citizen|sign-in|desk|insight|admin|me|api)\\)?/' },
			{ path: '^src/routes/.', pathNot: '^src/routes/(?:\\(staff\\)/)?\\(?$1\\)?/' }
		),
		rule(
			'relative-inside-a-feature',
			'Imports inside a feature folder are relative and do not begin with #lib/.',
			{ path: '^src/lib/((?:server|dev)/[a-z-]+|(?!server/|dev/)[a-z-]+)/' },
			{ path: '^src/lib/$1/', dependencyTypes: ['aliased-subpath-import'] }
		),
		rule(
			'alias-across-features',
			'Imports from another feature begin with #lib/, so that they show the feature and stay the same when the file moves.',
			{ path: '^src/(?:lib/((?:server|dev)/[a-z-]+|(?!server/|dev/)[a-z-]+)|routes)/' },
			{ path: '^src/lib/', pathNot: '^src/lib/$1/', dependencyTypesNot: ['aliased-subpath-import'] }
		),
		rule(
			'no-orphans',
			'A file nobody imports is dead: delete it.',
			{ orphan: true, path: '^src/lib/', pathNot: `\\.spec\\.ts$|\\.d\\.ts$|paraglide|messages|\\.css$|${tests}` },
			{}
		),
		rule(
			'demo-only-from-outside',
			'Only scripts and browser journeys import demo data: what tests need of it belongs in src/lib/dev/testing.',
			{ path: '^src/', pathNot: `${dev}demo/` },
			{ path: `${dev}demo/` }
		),
		rule(
			'product-never-imports-dev',
			'src/lib/dev (demo data, LAPOR sandbox, test support) is not part of the product: move what the product needs to src/lib/server.',
			{ path: '^src/', pathNot: `${dev}|\\.spec\\.ts$` },
			{ path: dev }
		)
	],
	options: {
		doNotFollow: { path: 'node_modules|\\.svelte-kit|src/lib/paraglide' },
		exclude: { path: 'src/lib/paraglide|\\.svelte-kit' },
		tsPreCompilationDeps: true,
		combinedDependencies: true,
		enhancedResolveOptions: {
			exportsFields: ['exports'],
			conditionNames: ['import', 'node', 'svelte', 'default'],
			extensions: ['.ts', '.js', '.svelte']
		}
	}
};
