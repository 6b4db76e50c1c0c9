import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { mendLostConnections } from './postgres-driver.ts';

// For database specs, which Node loads without Vite: replaces in the driver what `postgresDriver` replaces in the build.
registerHooks({
	load(url, context, next) {
		const module = next(url, context);
		if (!url.startsWith('file:')) return module;
		const source = mendLostConnections(String(module.source), fileURLToPath(url));
		return source === undefined ? module : { ...module, source };
	}
});
