/**
 * Which of the places that the environment names are taken. None of them may depend on the folder one happens to stand
 * in.
 */
import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stateFolder } from '../journal/journal.ts';
import { configHome, dockerFolder, homeFolder, runtimeFolder } from './places.ts';

const SYSTEM = userInfo().homedir;
/** What may stand in a variable and names no place. */
const NO_PLACE = [undefined, '', ' ', '.', 'state', './state', '../state', '~', '~/state', 'C:state'] as const;

describe.each(NO_PLACE)('a variable that is %j', (value) => {
  it('names no place: the next one is taken', () => {
    expect(homeFolder({ HOME: value })).toBe(SYSTEM);
    expect(stateFolder('p', { HOME: '/home/me', XDG_STATE_HOME: value })).toBe('/home/me/.local/state/edgesync-lab/p');
    expect(stateFolder('p', { HOME: value, XDG_STATE_HOME: value })).toBe(join(SYSTEM, '.local/state/edgesync-lab/p'));
    expect(configHome({ HOME: '/home/me', XDG_CONFIG_HOME: value })).toBe('/home/me/.config');
    expect(configHome({ HOME: value, XDG_CONFIG_HOME: value })).toBe(join(SYSTEM, '.config'));
    expect(dockerFolder({ HOME: '/home/me', DOCKER_CONFIG: value })).toBe('/home/me/.docker');
    expect(dockerFolder({ HOME: value, DOCKER_CONFIG: value })).toBe(join(SYSTEM, '.docker'));
    expect(runtimeFolder({ XDG_RUNTIME_DIR: value })).toBeUndefined();
  });
});

describe('an absolute path', () => {
  it('is taken as it stands', () => {
    expect(stateFolder('p', { HOME: '/home/me', XDG_STATE_HOME: '/state' })).toBe('/state/edgesync-lab/p');
    expect(configHome({ HOME: '/home/me', XDG_CONFIG_HOME: '/config' })).toBe('/config');
    expect(dockerFolder({ HOME: '/home/me', DOCKER_CONFIG: '/docker' })).toBe('/docker');
    expect(homeFolder({ HOME: '/home/me' })).toBe('/home/me');
    expect(runtimeFolder({ XDG_RUNTIME_DIR: '/run/user/1000' })).toBe('/run/user/1000');
    expect(isAbsolute(SYSTEM)).toBe(true);
  });
});
