import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, readdir, rm, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const NAME = /^concord-disk-(\d+)-/;

/**
 * A disk of some megabytes, for filling it: a tmpfs of its own under the temporary directory. It can be grown while it is
 * in use, as an operator would.
 */
export class SmallDisk {
  private constructor(readonly path: string) {}

  /** Why there can be none here; null: there can. Mounting wants root. */
  static async missing(): Promise<string | null> {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'mounting a small disk wants root on Linux';
    try {
      const disk = await SmallDisk.mount(1);
      await disk.remove();
      return null;
    } catch {
      return 'nothing can be mounted here';
    }
  }

  static async mount(megabytes: number): Promise<SmallDisk> {
    await removeAbandoned();
    const path = await mkdtemp(join(tmpdir(), `concord-disk-${process.pid}-`));
    // Servers that refuse to be root's have to pass through.
    await chmod(path, 0o711);
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0711`, 'concord-disk', path]);
    return new SmallDisk(path);
  }

  /** A directory on it that belongs to somebody. */
  async directory(name: string, uid: number, gid: number): Promise<string> {
    const path = join(this.path, name);
    await mkdir(path, { mode: 0o700 });
    await chown(path, uid, gid);
    return path;
  }

  /** Fills it to the last page. */
  async fill(): Promise<void> {
    const page = Buffer.alloc(64 * 1024);
    for (let file = 0; ; file += 1) {
      try {
        await writeFile(join(this.path, `ballast-${file}`), page);
      } catch (error) {
        // Jest's realm has an Error of its own.
        if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
        throw error;
      }
    }
  }

  async grow(megabytes: number): Promise<void> {
    await run('mount', ['-o', `remount,size=${megabytes}m`, this.path]);
  }

  async remove(): Promise<void> {
    await removeMount(this.path);
  }
}

async function removeMount(path: string): Promise<void> {
  await run('umount', ['--lazy', path]).catch(() => undefined);
  await rm(path, { recursive: true, force: true });
}

/** A run that was killed leaves its mount behind. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(NAME.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) await removeMount(join(tmpdir(), name)).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
