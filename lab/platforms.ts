/** Where the program runs, and how that is known: a row for README, and what `doctor` says of this machine. */

export interface Platform {
  readonly name: string;
  /** `tested`: by CI, at each commit. `by reading`: what it needs is there, and nobody has run it. */
  readonly known: 'tested' | 'by reading' | 'not supported';
  /** What differs there, or what was tested. */
  readonly says: string;
}

/** As `process.platform` and `process.arch` name it. */
export interface System {
  readonly platform: string;
  readonly arch: string;
}

const LINUX: Platform = { name: 'Linux on x64', known: 'tested', says: 'all three worlds, on Debian 12' };
const OTHER_LINUX: Platform = { name: 'Linux on arm64, WSL 2', known: 'by reading', says: 'every package that is needed has a build' };
const MACOS: Platform = {
  name: 'macOS',
  known: 'by reading',
  says: 'without /proc the lab cannot name the process that holds a port, nor say how long a cache of others waited for a processor',
};
const WINDOWS: Platform = { name: 'Windows', known: 'not supported', says: 'pauses and kills are signals of Unix: use WSL 2' };

/** Systems, then Docker engines. */
export const PLATFORMS: readonly Platform[] = [
  LINUX,
  OTHER_LINUX,
  MACOS,
  WINDOWS,
  { name: 'Docker Engine', known: 'tested', says: 'version 20.10, with images that stand in for the official ones' },
  { name: 'Docker Desktop, OrbStack, Colima, Rancher Desktop', known: 'by reading', says: 'their sockets are found' },
  { name: 'Podman', known: 'by reading', says: 'its socket is found; `DOCKER_HOST` names another one' },
];

/** undefined: of this system nothing is known. */
export function platformOf({ platform, arch }: System): Platform | undefined {
  switch (platform) {
    case 'linux':
      return arch === 'x64' ? LINUX : OTHER_LINUX;
    case 'darwin':
      return MACOS;
    case 'win32':
      return WINDOWS;
    default:
      return undefined;
  }
}
