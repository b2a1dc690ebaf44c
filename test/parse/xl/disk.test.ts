import * as assert from 'uvu/assert'
import { LOCAL_PREFIX, parseXlDisk } from '../../../src/parse/xl/disk.ts'
import { describe } from '../../describe.ts'

const brief = (spec: string): string => {
  const { path, format, vdev, access, problem } = parseXlDisk(spec)
  return [path, format, vdev, access, problem].join(' | ')
}

describe('parse: xl-disk', (it) => {
  it('reads the positions of xl', () => {
    assert.is(brief('/dev/vg0/web1,raw,xvda,rw'), '/dev/vg0/web1 | raw | xvda | rw | ')
    assert.is(brief('/srv/a.qcow2,qcow2,hda,w'), '/srv/a.qcow2 | qcow2 | hda | w | ')
    assert.is(brief('/dev/vg0/web1,,xvda'), '/dev/vg0/web1 |  | xvda |  | ')
  })

  it('reads the prefixes of xm, which take the place of the format', () => {
    assert.is(brief('phy:/dev/vg0/web1,xvda,w'), '/dev/vg0/web1 |  | xvda | w | ')
    assert.is(brief('tap:aio:/srv/a.img,xvda1,w!'), '/srv/a.img |  | xvda1 | w! | ')
    assert.is(parseXlDisk('tap:aio:/srv/a.img,xvda,w').prefix, 'tap:aio')
    assert.is(brief('file:/srv/a.iso,hdc:cdrom,r'), '/srv/a.iso |  | hdc | r | ')
    assert.ok(parseXlDisk('file:/srv/a.iso,hdc:cdrom,r').cdrom)
    assert.is(brief('phy:/dev/vg0/web1,ioemu:hda,w'), '/dev/vg0/web1 |  | hda | w | ')
  })

  it('reads the domain that serves the disk, which xm takes after the mode', () => {
    assert.is(brief('phy:/dev/vg0/web1,xvda,w,storage'), '/dev/vg0/web1 |  | xvda | w | ')
    assert.is(parseXlDisk('phy:/dev/vg0/web1,xvda,w,storage').backend, 'storage')
    assert.is(parseXlDisk('vdev=xvda,backend=0,target=/x').backend, '')
    assert.match(parseXlDisk('phy:/dev/vg0/web1,xvda,w,storage,x,y').problem, /one value too many/)
  })

  it('reads prefixes of scripts that somebody has written', () => {
    assert.is(brief('zfs:tank/web1,xvda,w'), 'tank/web1 |  | xvda | w | ')
    assert.is(parseXlDisk('zfs:tank/web1,xvda,w').prefix, 'zfs')
    assert.is(brief('a:b.img,raw,xvda,w'), 'a:b.img | raw | xvda | w | ')
    assert.ok(LOCAL_PREFIX.test('tap:aio') && LOCAL_PREFIX.test('') && !LOCAL_PREFIX.test('zfs'))
  })

  it('reads drives without a medium', () => {
    assert.is(brief(',hdc:cdrom,r'), ' |  | hdc | r | ')
    assert.ok(parseXlDisk(',hdc:cdrom,r').cdrom)
    assert.is(brief(',empty,hdc:cdrom,r'), ' | empty | hdc | r | ')
    assert.is(brief(',,hdc:cdrom'), ' |  | hdc |  | ')
    assert.is(brief('format=empty,vdev=hdc,access=r,devtype=cdrom'), ' | empty | hdc | r | ')
    assert.match(parseXlDisk(',hdc,r').problem, /hdc is no format|no virtual device|r is no name/)
  })

  it('reads pairs in any order; target takes the rest, commas and all', () => {
    assert.is(brief('format=qcow2, vdev=xvda, access=rw, target=/srv/a,b.img'), '/srv/a,b.img | qcow2 | xvda | rw | ')
    assert.ok(parseXlDisk('vdev=hdc,devtype=cdrom').cdrom)
    assert.ok(parseXlDisk('/srv/a.iso,raw,hdc,ro,cdrom').cdrom)
  })

  it('finds the comma that is missing before the device', () => {
    assert.match(brief('file:/var/lib/xen/images/web.imghda,w'), /w is no name of a virtual device/)
  })

  it('finds what is no mode, no format and no device', () => {
    assert.match(parseXlDisk('/a/b,raw,xvda,rx').problem, /rx is no mode/)
    assert.match(parseXlDisk('/a/b,qcow3,xvda,w').problem, /qcow3 is no format/)
    assert.match(parseXlDisk('/a/b').problem, /no virtual device/)
    assert.match(parseXlDisk('/a/b,raw,xvda,w,more').problem, /one value too many/)
  })
})
